/**
 * Wide ResNet: the residual network with room to breathe.
 *
 * Zagoruyko and Komodakis 2016, "Wide Residual Networks": more channels instead of more blocks, which a processor
 * computes faster for the same number of weights. The network is that of resnet.ts; only the widths differ.
 */
import type * as tf from "@tensorflow/tfjs";
import { buildResNet, type ResNetOptions, resNetDefaults } from "./resnet.js";

export const wideResNetDefaults: ResNetOptions = {
  ...resNetDefaults,
  channels: [48, 96, 192],
  headUnits: 192,
};

/**
 * The network as a tfjs model: standardised log-mel [batch, frames, bands, 1] to logits [batch, classes].
 * 1,598,456 parameters with the defaults, 1,595,288 of them learnt and the rest batch statistics.
 */
export function buildWideResNet(options: Partial<ResNetOptions> = {}): tf.LayersModel {
  return buildResNet({ ...wideResNetDefaults, ...options }, "resnet-wide");
}
