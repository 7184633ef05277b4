import type { Recipe } from "./recipe.js";
import { simpleCnnAudio } from "./simple-cnn-audio.js";

export const wav2vec2: Recipe = {
  ...simpleCnnAudio,
  features: { kind: "waveform", trimDecibels: 35, peakNormalise: true, unitVariance: true },
  training: {
    ...simpleCnnAudio.training,
    epochs: 14,
    frames: 40_000, // 2.5 s, more than nearly every trimmed clip: a transformer pays for every frame
    learningRate: 5e-4,
    warmupEpochs: 2,
    clipNorm: 1,
    mixup: { alpha: 0.4, share: 0.3 },
  },
  sampleOptions: { channels: Array<number>(7).fill(16), width: 64, layers: 2, heads: 2, hiddenUnits: 128 },
};
