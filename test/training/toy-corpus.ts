import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { createRandom } from "../../src/core/random.js";
import { packageRoot, type Settings } from "../../src/core/settings.js";
import { importCorpus } from "../../src/corpora/import-corpus.js";
import type { RunRequest } from "../../src/training/define-run.js";
import { temporaryFolder } from "../temporary-folder.js";
import { temporarySettings, toyNetwork, toyTraining } from "./toy.js";

const codes = ["ANG", "DIS", "FEA", "HAP", "NEU", "SAD"];
const sentences = ["IEO", "DFA", "IOM", "ITH"];
/** By `evar`: six speakers train, two validate, five (enough for intervals by speaker) test. */
const speakers = [1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1001, 1004, 1017, 1020, 1025];

/** A sound whose two tones tell the emotion, in noise that tells the clip. */
function soundOf(emotion: number, seed: number): Float32Array {
  const random = createRandom(seed).fork("sound");
  const [low, high] = [250 * (emotion + 1), 350 * (emotion + 2)].map((hz) => hz * random.between(0.95, 1.05));
  return Float32Array.from({ length: 6400 }, (_, i) => {
    const t = i / 16_000;
    return (
      0.3 * Math.sin(2 * Math.PI * low! * t) +
      0.3 * Math.sin(2 * Math.PI * high! * t) +
      0.02 * random.normal()
    );
  });
}

/** Settings whose store holds tones under CREMA-D's names (no publisher's files) and whose checkout has the splits. */
export async function settingsWithTones(profile: Settings["profile"] = "full"): Promise<Settings> {
  const settings = temporarySettings(profile);
  const from = temporaryFolder("tones");
  let seed = 0;
  for (const speaker of speakers) {
    for (const sentence of sentences) {
      codes.forEach((code, emotion) => {
        const level = sentence === "IEO" && code !== "NEU" ? "MD" : "XX";
        const file = join(from, `${speaker}_${sentence}_${code}_${level}.wav`);
        writeFileSync(file, encodeWav(soundOf(emotion, seed++), 16_000));
      });
    }
  }
  await importCorpus("crema-d", from, settings);
  mkdirSync(join(settings.root, "results", "evar"), { recursive: true });
  const split = join("results", "evar", "split.csv");
  cpSync(join(packageRoot, split), join(settings.root, split));
  return settings;
}

/** A run that learns the tones within seconds. */
export const toneRequest: RunRequest = {
  model: "resnet",
  protocol: "evar",
  options: toyNetwork,
  features: { bands: 16, windowLength: 512 },
  training: {
    ...toyTraining,
    epochs: 3,
    batchSize: 16,
    augmentation: null,
    mixup: { alpha: 0.4, share: 0 },
  },
};
