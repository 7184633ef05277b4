import * as tf from "@tensorflow/tfjs";
import { createRandom } from "../../src/core/random.js";
import { emotions } from "../../src/corpora/emotions.js";
import type { Runtime } from "../../src/export/target.js";
import { defaultLogMel, type FeatureSpec } from "../../src/features/feature-spec.js";
import type { PublishedPredictor } from "../../src/inference/assemble-predictor.js";
import type { ModelCard } from "../../src/inference/model-card.js";
import { hearWaves } from "../../src/inference/predict.js";
import { buildResNet } from "../../src/models/resnet.js";
import { buildWhisper, pretrainedWhisper } from "../../src/models/whisper.js";

/** The features of the published networks. */
export const logMelOfNetworks = { ...defaultLogMel, hopLength: 320 };

const cardOf = (features: FeatureSpec, bands: number): ModelCard =>
  ({
    name: "toy",
    labels: emotions,
    features,
    standardisation: {
      mean: Array.from({ length: bands }, (_, band) => -30 - 0.3 * band),
      deviation: Array.from({ length: bands }, (_, band) => 12 + 0.1 * band),
    },
    frames: 128,
    temperature: 1.3,
    unsureBelow: 0.4,
    licence: "MIT",
    citations: ["Nobody, 2026"],
    limits: "An untrained network for tests.",
  }) as unknown as ModelCard;

/** Weights drawn so that every one of them shows in the answer, batch statistics, offsets and scores too. */
function drawWeights(model: tf.LayersModel, seed: number): void {
  const random = createRandom(seed).fork("weights");
  const drawn = model.weights.map(({ originalName, shape }) => {
    const size = (shape as number[]).reduce((a, b) => a * b, 1);
    const name = originalName.split("/").at(-1)!;
    const draw = (): number => {
      if (name.endsWith("variance")) return random.between(0.5, 2);
      if (name.endsWith("gamma")) return random.between(0.7, 1.3);
      if (/bias|beta|mean|shares/.test(name)) return 0.2 * random.normal();
      return 1.6 * random.normal() * Math.sqrt(1 / (size / (shape.at(-1) ?? 1)));
    };
    return tf.tensor(Float32Array.from({ length: size }, draw), shape as number[]);
  });
  model.setWeights(drawn);
  tf.dispose(drawn);
}

/** A small residual network with a card, as a published one is loaded. */
export function smallResNet(): PublishedPredictor {
  const model = buildResNet({ channels: [8, 16], blocks: [1, 2], headUnits: 16 });
  drawWeights(model, 1);
  return { card: cardOf(logMelOfNetworks, 64), model };
}

/** A small Whisper behind its front end, with a card. */
export function smallWhisper(): PublishedPredictor {
  const options = { size: "random-small", tunedBlocks: 1 };
  const pretrained = pretrainedWhisper(options);
  const model = buildWhisper({ ...options, bands: pretrained.channels, headUnits: 16 });
  drawWeights(model, 2);
  const frontEnd = pretrained.buildFrontEnd(null);
  const features = { kind: "whisper-mel", bands: 80, trimDecibels: 35, peakNormalise: true } as const;
  const standardisation = {
    mean: new Array<number>(pretrained.channels).fill(0),
    deviation: new Array<number>(pretrained.channels).fill(1),
  };
  return { card: { ...cardOf(features, 80), standardisation }, model, frontEnd };
}

/** Voiced sounds of 3 s: harmonics that come and go in noise, of several lengths, with silence or noise at the ends. */
export function sounds(count: number): Float32Array[] {
  return Array.from({ length: count }, (_, number) => {
    const random = createRandom(number).fork("sound");
    const samples = new Float32Array(48_000);
    const length = Math.round(16_000 * random.between(0.3, 3));
    const start = random.below(48_000 - length + 1);
    const pitch = random.between(90, 300);
    const loudness = 10 ** random.between(-2, -0.3);
    for (let i = 0; i < length; i++) {
      const t = i / 16_000;
      const envelope = 0.1 + Math.abs(Math.sin(2 * Math.PI * 1.7 * t));
      let voice = 0;
      for (let k = 1; k < 15; k++) voice += Math.sin(2 * Math.PI * k * pitch * t * (1 + 0.05 * t)) / k;
      samples[start + i] = loudness * (0.3 * envelope * voice + 0.02 * random.normal());
    }
    const floor = number % 3 === 0 ? 0 : 1e-4 * loudness;
    return samples.map((value) => value + floor * random.normal());
  });
}

/** The largest difference of a probability between source and target, and the largest between two sounds. */
export async function differences(
  predictor: PublishedPredictor,
  runtime: Runtime,
): Promise<{ largest: number; spread: number }> {
  const rows: (readonly number[])[] = [];
  let largest = 0;
  for (const samples of [...sounds(10), new Float32Array(48_000)]) {
    const [source] = hearWaves(predictor, [{ samples, sampleRate: 16_000 }]);
    const target = await runtime.hear(samples);
    source!.calibrated.forEach((p, k) => {
      const difference = Math.abs(p - target[k]!);
      if (!(difference <= largest)) largest = difference;
    });
    rows.push(source!.calibrated);
  }
  const spreads = rows[0]!.map((_, k) => {
    const column = rows.map((row) => row[k]!);
    return Math.max(...column) - Math.min(...column);
  });
  return { largest, spread: Math.max(...spreads) };
}
