import type { ResNetOptions } from "../../models/resnet.js";
import { between, logarithmic, oneOf, type SearchSpace, wholeNumbers } from "./search-space.js";

/**
 * How the residual network is trained, and the width of its head. Channels and blocks stay as they are: what is searched
 * is a better training of the same network, so that its gain is not bought with size.
 */
export const resnet: SearchSpace<ResNetOptions> = {
  "training.learningRate": logarithmic(1e-3, 1e-2),
  "training.weightDecay": logarithmic(2e-3, 0.2),
  "training.labelSmoothing": between(0, 0.2),
  "training.mixup.share": between(0, 1),
  "training.batchSize": oneOf(32, 64, 128),
  "training.sampling": oneOf("every-clip", "balanced"),
  "training.augmentation.stretch": between(0, 0.3),
  "training.augmentation.timeMaskFrames": wholeNumbers(0, 40, 2),
  "training.augmentation.bandMaskBands": wholeNumbers(0, 20, 2),
  "options.headUnits": oneOf(64, 128, 256),
};
