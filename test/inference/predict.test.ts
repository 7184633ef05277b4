import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { createRandom } from "../../src/core/random.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { emotions } from "../../src/corpora/emotions.js";
import { predictRecording, predictWaves, prepareInput, windowSamples } from "../../src/inference/predict.js";
import { buildResNet } from "../../src/models/resnet.js";
import { bands, card, network } from "./toy-predictor.js";

beforeAll(() => void loadTensorFlow());
const wave = (seconds: number, seed: number) => {
  const random = createRandom(seed).fork("wave");
  const samples = Float32Array.from({ length: seconds * 16_000 }, () => 0.3 * random.normal());
  return { samples, sampleRate: 16_000 } as const;
};

describe("predicting recordings", () => {
  it("gives each its own answer, whatever stands beside it, long or short", () => {
    const predictor = { card, model: network() };
    const waves = [wave(0.2, 1), wave(3, 2), wave(0.6, 3)];
    const together = predictWaves(predictor, waves);
    together.forEach((answer, i) => {
      const [alone] = predictWaves(predictor, [waves[i]!]);
      expect(answer.emotion).toBe(alone!.emotion);
      answer.probabilities.forEach((p, k) => {
        expect(p).toBeCloseTo(alone!.probabilities[k]!, 5);
      });
      expect(answer.probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
      expect(answer.probabilities[emotions.indexOf(answer.emotion as never)]).toBe(
        Math.max(...answer.probabilities),
      );
    });
    expect(together[0]!.probabilities).not.toEqual(together[1]!.probabilities);
  });

  it("is less sure by the card's temperature, which leaves the probabilities alone", () => {
    const model = network();
    const [answer] = predictWaves({ card, model }, [wave(0.6, 4)]);
    const [sharp] = predictWaves({ card: { ...card, temperature: 1 }, model }, [wave(0.6, 4)]);
    expect(sharp!.confidence).toBeCloseTo(Math.max(...sharp!.probabilities), 6);
    expect(answer!.probabilities).toEqual(sharp!.probabilities);
    const tempered = answer!.probabilities.map(Math.sqrt); // softmax of half the logits
    expect(answer!.confidence).toBeCloseTo(Math.max(...tempered) / tempered.reduce((sum, p) => sum + p), 5);
  });

  it("hears all of a long recording: the mean of windows from its first sample to its last", () => {
    const predictor = { card, model: network() };
    expect(windowSamples(predictor)).toBe(40 * 256);
    const long = wave(2, 8); // 32,000 samples: windows of 10,240 begin at 0, 4,352, 8,704, …, 21,760
    expect(predictRecording(predictor, wave(0.6, 3))).toEqual(predictWaves(predictor, [wave(0.6, 3)])[0]);
    const windows = [0, 4_352, 8_704, 13_056, 17_408, 21_760].map((start) => ({
      ...long,
      samples: long.samples.slice(start, start + 10_240),
    }));
    const alone = windows.map((window) => predictWaves(predictor, [window])[0]!.probabilities);
    const { probabilities } = predictRecording(predictor, long);
    probabilities.forEach((p, k) => {
      expect(p).toBeCloseTo(alone.reduce((sum, row) => sum + row[k]!, 0) / 6, 5);
    });
    const [middle] = predictWaves(predictor, [long]);
    expect(probabilities).not.toEqual(middle!.probabilities);
  });

  it("answers silence and the shortest sounds with numbers", () => {
    const predictor = { card, model: network() };
    for (const length of [0, 1, 159, 1_600, 16_000, 60_000]) {
      const silence = { samples: new Float32Array(length), sampleRate: 16_000 } as const;
      for (const answer of [predictWaves(predictor, [silence])[0]!, predictRecording(predictor, silence)]) {
        expect(answer.probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
        expect(answer.confidence).toBeGreaterThan(0);
      }
    }
  });

  it("answers the shortest sounds by differences over nine frames too, and what cutting off silence leaves of a click", () => {
    const features = { ...card.features, kind: "mfcc", coefficients: 4, deltas: true };
    const standardisation = { mean: new Array(12).fill(0), deviation: new Array(12).fill(20) };
    const model = buildResNet({ frames: 40, bands: 12, channels: [8], blocks: [1], headUnits: 8 });
    const click = Float32Array.from({ length: 9_000 }, (_, i) => (i === 8_990 ? 1 : 0));
    for (const samples of [new Float32Array(1), wave(0.1, 9).samples, click, wave(0.6, 9).samples]) {
      for (const trimDecibels of [null, 35]) {
        const hearing = { ...card, features: { ...features, trimDecibels }, standardisation } as typeof card;
        const [answer] = predictWaves({ card: hearing, model }, [{ samples, sampleRate: 16_000 }]);
        expect(answer!.probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
      }
    }
  });

  it("is unsure below the card's threshold, and never without one", () => {
    const model = network();
    const { confidence, unsure } = predictWaves({ card, model }, [wave(0.6, 4)])[0]!;
    expect(unsure).toBe(false);
    for (const [unsureBelow, expected] of [
      [confidence + 0.001, true],
      [confidence - 0.001, false],
    ] as const) {
      expect(predictWaves({ card: { ...card, unsureBelow }, model }, [wave(0.6, 4)])[0]!.unsure).toBe(
        expected,
      );
    }
  });

  it("places a short recording in the middle, in zeros", () => {
    const input = prepareInput(wave(0.2, 5), card);
    expect(input.length).toBe(40 * bands);
    expect([...input.slice(0, bands), ...input.slice(-bands)].every((value) => value === 0)).toBe(true);
    expect(input.some((value) => value !== 0)).toBe(true);
  });

  it("says that weights are damaged when they give no number", () => {
    const model = network();
    model.setWeights(model.getWeights().map((weight) => tf.fill(weight.shape, Number.NaN)));
    expect(() => predictWaves({ card, model }, [wave(0.6, 6)])).toThrow(LabError);
    expect(() => predictWaves({ card, model }, [wave(0.6, 6)])).toThrow(/toy gives no number.*damaged/);
  });

  it("leaves no tensor behind", () => {
    const predictor = { card, model: network() };
    predictWaves(predictor, [wave(0.6, 7)]);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 20; i++) predictWaves(predictor, [wave(0.6, 7)]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
