import type { LstmOptions } from "../../models/lstm.js";
import { between, logarithmic, oneOf, type SearchSpace, wholeNumbers } from "./search-space.js";

/** How the LSTM is trained, and how much of it is dropped: it learns its training voices by heart soonest of all. */
export const lstm: SearchSpace<LstmOptions> = {
  "training.learningRate": logarithmic(5e-4, 1e-2),
  "training.weightDecay": logarithmic(2e-3, 0.3),
  "training.clipNorm": oneOf(0.5, 1, 5),
  "training.labelSmoothing": between(0, 0.2),
  "training.mixup.share": between(0, 1),
  "training.augmentation.stretch": between(0, 0.3),
  "training.augmentation.timeMaskFrames": wholeNumbers(0, 40, 2),
  "options.dropout": between(0, 0.5),
  "options.units": oneOf([48, 48], [64, 64], [96, 96]),
};
