import type { Recipe } from "./recipe.js";

export const simpleCnnAudio: Recipe = {
  features: { kind: "waveform", trimDecibels: 35, peakNormalise: true },
  options: {},
  training: {
    epochs: 30,
    batchSize: 32,
    frames: 48_000,
    learningRate: 1e-3,
    warmupEpochs: 1,
    weightDecay: 0.05,
    clipNorm: 5,
    labelSmoothing: 0.1,
    mixup: { alpha: 0.4, share: 0.5 },
    classWeights: "none",
    sampling: "every-clip",
    augmentation: { timeMasks: 2, timeMaskFrames: 4800 },
    waveAugmentation: { probability: 0.5, speed: [0.88, 1.14] },
    averageDecay: 0.998,
    validateEveryEpochs: 1,
    keptBy: "mean-corpus-uar",
    patienceEpochs: null,
  },
  quick: { epochs: 2, averageDecay: 0.99 },
  sample: { epochs: 3, averageDecay: 0.9, learningRate: 2e-3 },
  // Synthetic speech is told apart by a fiftieth of the weights, in a tenth of the time.
  sampleOptions: { channels: [16, 32, 32, 64, 64], headUnits: 64 },
};
