import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { describeSound } from "../../src/export/describe-sound.js";
import { GraphBuilder } from "../../src/export/graph.js";
import { writeTfjsGraph } from "../../src/export/tfjs-graph.js";
import { extractFeatures } from "../../src/features/extract.js";
import { defaultLogMel, type FeatureSpec } from "../../src/features/feature-spec.js";
import { logMelOfNetworks, sounds } from "./predictors.js";

beforeAll(() => void loadTensorFlow());

/** Features by the graph, computed by tfjs: [frames × bands] of the valid frames. */
async function described(spec: FeatureSpec, given: readonly Float32Array[]) {
  const graph = new GraphBuilder("samples", [1, 48_000]);
  const { values, count } = describeSound(graph, graph.input, spec);
  const flat = graph.reshape(values, [1, values.shape[0]! * values.shape[1]!]);
  const both = graph.concatenate([graph.reshape(count, [1, 1]), flat], 1);
  const { modelJson, weights } = writeTfjsGraph(graph.finish(both), "float32");
  const load = () =>
    tf.io.getModelArtifactsForJSON(modelJson, async ([group]) => [
      group!.weights,
      new Uint8Array(weights).buffer,
    ]);
  const model = await tf.loadGraphModel({ load });
  return given.map((samples) => {
    const [frames, ...numbers] = tf.tidy(() => [
      ...(model.predict(tf.tensor2d(samples, [1, 48_000])) as tf.Tensor).dataSync(),
    ]);
    return { frames: frames!, values: numbers.slice(0, frames! * values.shape[1]!) };
  });
}

const whisperMel = { kind: "whisper-mel", bands: 80, trimDecibels: 35, peakNormalise: true } as const;
const specs: [string, FeatureSpec, number][] = [
  ["the networks' log-mel", logMelOfNetworks, 2e-4],
  [
    "log-mel of another hop, neither trimmed nor scaled",
    { ...defaultLogMel, trimDecibels: null, peakNormalise: false },
    2e-4,
  ],
  [
    "log-mel of short windows, without a floor",
    { ...defaultLogMel, bands: 40, windowLength: 512, topDecibels: null },
    2e-4,
  ],
  ["Whisper's", whisperMel, 2e-4 / 40],
];

describe("a sound's features as a graph", () => {
  // Decibels, of which the networks' standardisation makes a tenth to a twentieth; Whisper's units are 40 dB.
  it.each(specs)("are those of src/features: %s", async (_name, spec, tolerance) => {
    const given = [...sounds(8), new Float32Array(48_000)];
    const answers = await described(spec, given);
    let sum = 0;
    let numbers = 0;
    answers.forEach(({ frames, values }, i) => {
      const expected = extractFeatures({ samples: given[i]!, sampleRate: 16_000 }, spec);
      expect(frames).toBe(expected.frames);
      let largest = 0;
      expected.values.forEach((value, at) => {
        const distance = Math.abs(value - values[at]!);
        if (!(distance <= largest)) largest = distance;
        sum += distance;
        numbers += 1;
      });
      expect(largest).toBeLessThan(tolerance);
    });
    // On the average no more than float32's own step: 4e-6 at 50 dB, 1.2e-7 at Whisper's 1.
    expect(sum / numbers).toBeLessThan(tolerance / 40);
  });

  it("are refused where they have no such form", () => {
    const graph = new GraphBuilder("samples", [1, 48_000]);
    const waveform = { kind: "waveform", trimDecibels: null, peakNormalise: true } as const;
    expect(() => describeSound(graph, graph.input, waveform)).toThrow(
      "of the kind waveform cannot be carried over",
    );
  });
});
