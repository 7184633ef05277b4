import { join } from "node:path";
import { createRandom } from "../../src/core/random.js";
import type { Settings } from "../../src/core/settings.js";
import type { Clip } from "../../src/corpora/clip.js";
import { emotions } from "../../src/corpora/emotions.js";
import type { Example } from "../../src/training/example.js";
import { recipeFor } from "../../src/training/recipes.js";
import type { TrainingOptions } from "../../src/training/run-spec.js";
import { runFiles } from "../../src/training/run-store.js";
import { temporaryFolder } from "../temporary-folder.js";

/** A ResNet that a test can afford. */
export const toyNetwork = { channels: [4, 8], blocks: [1, 1], headUnits: 16 };
export const toyShape = { frames: 24, bands: 16, classes: emotions.length };

/** A recipe that learns the toy problem in a few epochs of a few steps. */
export const toyTraining: TrainingOptions = {
  ...recipeFor("resnet", "full").training,
  epochs: 10,
  batchSize: 8,
  frames: toyShape.frames,
  learningRate: 1e-2,
  mixup: { alpha: 0.4, share: 0.3 },
  augmentation: { stretch: 0.1, level: 0.1, timeMasks: 1, timeMaskFrames: 3, bandMasks: 1, bandMaskBands: 1 },
  averageDecay: 0.5,
};

export function toyClip(index: number, label: number): Clip {
  const id = `toy/${index}.wav`;
  return {
    id,
    corpus: "toy",
    path: id,
    checksum: "0".repeat(64),
    speaker: `toy/${index % 4}`,
    emotion: emotions[label]!,
    sentence: "",
    intensity: "unspecified",
    sex: "unknown",
    age: null,
    duration: 1,
    defect: null,
  };
}

/** Examples in which emotion k is two loud bands beside each other, in noise: `count` clips, every emotion in turn. */
export function toyExamples(count: number, seed: number): Example[] {
  const random = createRandom(seed);
  const { bands } = toyShape;
  return Array.from({ length: count }, (_, index) => {
    const label = index % emotions.length;
    const frames = 18 + random.below(12);
    const values = Float32Array.from({ length: frames * bands }, (_, i) => {
      const isLoud = Math.floor((i % bands) / 2) === label;
      return 0.5 * random.normal() + (isLoud ? 2 : 0);
    });
    return { clip: toyClip(index, label), features: { values, frames, bands }, label };
  });
}

/** Settings whose store and checkout are new folders of the test. */
export function temporarySettings(profile: Settings["profile"] = "sample"): Settings {
  const folder = temporaryFolder("training");
  return { home: join(folder, "home"), root: join(folder, "root"), profile, seed: 0, precision: "float32" };
}

/** A run's files in a store of the test's own. */
export function temporaryRunFiles(hash: string) {
  return runFiles(hash, temporarySettings());
}
