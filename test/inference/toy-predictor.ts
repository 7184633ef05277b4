import { emotions } from "../../src/corpora/emotions.js";
import { defaultLogMel } from "../../src/features/feature-spec.js";
import type { ModelCard } from "../../src/inference/model-card.js";
import { buildResNet } from "../../src/models/resnet.js";

export const bands = 16;

/** The card of a small, untrained network that sees 40 frames: 10,240 samples, 0.64 s. */
export const card = {
  name: "toy",
  labels: emotions,
  features: { ...defaultLogMel, bands, windowLength: 512 },
  standardisation: { mean: new Array(bands).fill(-40), deviation: new Array(bands).fill(20) },
  frames: 40,
  temperature: 2,
} as unknown as ModelCard;

export const network = () =>
  buildResNet({ frames: 40, bands, channels: [8, 16], blocks: [1, 1], headUnits: 8 });
