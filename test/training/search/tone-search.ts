import type { TrialSettings } from "../../../src/training/search/define-search.js";

/** A search that trains a tiny network on tones: seconds a trial. Four epochs, so that trials may be pruned from the first. */
export const toneSearch = {
  model: "resnet",
  protocol: "evar",
  epochs: 4,
  changes: [
    "options.channels=[4,8]",
    "options.blocks=[1,1]",
    "features.bands=16",
    "features.windowLength=512",
    "training.frames=24",
    "training.averageDecay=0.5",
  ],
} as const;

/** Settings of a trial, as a study gives them. */
export const trialOfTones: TrialSettings = {
  "training.learningRate": "0.00316",
  "training.weightDecay": "0.02",
  "training.labelSmoothing": "0.1",
  "training.mixup.share": "0.25",
  "training.batchSize": "32",
  "training.sampling": '"balanced"',
  "training.augmentation.stretch": "0.1",
  "training.augmentation.timeMaskFrames": "2",
  "training.augmentation.bandMaskBands": "2",
  "options.headUnits": "64",
};
