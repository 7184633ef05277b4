/**
 * Page: the network of the web page, small enough to be sent to a browser and computed there.
 *
 * He et al. 2016, "Deep Residual Learning for Image Recognition": the residual network of resnet.ts with twice its
 * channels. What makes it more than a wider one is its training: it is taught by `general`, on clips and on copies that
 * other microphones, rooms and codecs might have recorded.
 */
import type * as tf from "@tensorflow/tfjs";
import { buildResNet, type ResNetOptions, resNetDefaults } from "./resnet.js";

export const pageDefaults: ResNetOptions = {
  ...resNetDefaults,
  channels: [32, 64, 128],
};

/**
 * The network as a tfjs model: standardised log-mel [batch, frames, bands, 1] to logits [batch, classes].
 * 712,360 parameters with the defaults, 710,248 of them learnt and the rest batch statistics.
 */
export function buildPage(options: Partial<ResNetOptions> = {}): tf.LayersModel {
  return buildResNet({ ...pageDefaults, ...options }, "page");
}
