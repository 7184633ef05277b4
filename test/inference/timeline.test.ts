import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { emotions } from "../../src/corpora/emotions.js";
import { type Predictor, predictWaves } from "../../src/inference/predict.js";
import { answerRecording } from "../../src/inference/timeline.js";
import { card, network } from "./toy-predictor.js";

beforeAll(() => void loadTensorFlow());
const predictor = (): Predictor => ({ card, model: network() });
const random = createRandom(3).fork("sound");
/** Noise, then a tone, then noise: the model's answers differ from one to the other. */
const samples = Float32Array.from({ length: 80_000 }, (_, i) =>
  i > 32_000 && i < 48_000 ? 0.3 * Math.sin(i / 7) : 0.2 * random.normal(),
);
const sound = { samples, sampleRate: 16_000 } as const;

describe("answering a recording", () => {
  it("covers a long one without gaps, each entry marked by the speech in it", () => {
    const answer = answerRecording(predictor(), sound, [{ start: 1.9, end: 3.4 }], { hopSeconds: 0.75 });
    const { timeline } = answer;
    expect([timeline[0]!.start, timeline.at(-1)!.end, answer.duration]).toEqual([0, 5, 5]);
    timeline.slice(1).forEach((entry, i) => void expect(entry.start).toBe(timeline[i]!.end));
    expect(timeline.map(({ speech }) => speech)).toEqual([false, false, true, true, true, false, false]);
    expect(answer.speech).toBe(true);
    for (const { emotion, probabilities, confidence } of timeline) {
      expect(probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
      expect(emotion).toBe(emotions[probabilities.indexOf(Math.max(...probabilities))]);
      expect(confidence).toBeGreaterThan(0);
    }
  });

  it.each([
    [4.2, 0.3, 14],
    [4.9, 0.7, 7],
    [2.1, 0.1, 21],
    [4.2, 0.4, 11],
  ])("of %d s in entries of %d s has %d of them, none without length", (seconds, hopSeconds, count) => {
    const part = { ...sound, samples: samples.slice(0, Math.round(16_000 * seconds)) };
    const { timeline } = answerRecording(predictor(), part, [], { hopSeconds });
    expect(timeline.length).toBe(count);
    expect(timeline.at(-1)!.end).toBe(seconds);
    for (const { start, end, speech } of timeline) {
      expect(end - start).toBeGreaterThan(0.05);
      expect(speech).toBe(false);
    }
  });

  it("hears the window around each entry, smoothed by neighbours that are speech as it is", () => {
    const model = predictor();
    const { timeline } = answerRecording(model, sound, [{ start: 2, end: 2.5 }], { hopSeconds: 0.5 });
    const heard = [2, 3, 4].map((entry) => {
      const start = entry * 8_000 + 4_000 - 5_120;
      return predictWaves(model, [{ ...sound, samples: samples.slice(start, start + 10_240) }])[0]!;
    });
    expect(timeline.map(({ speech }) => speech).indexOf(true)).toBe(4);
    timeline[4]!.probabilities.forEach((p, k) => void expect(p).toBeCloseTo(heard[2]!.probabilities[k]!, 5));
    timeline[3]!.probabilities.forEach((p, k) => {
      expect(p).toBeCloseTo((heard[0]!.probabilities[k]! + 2 * heard[1]!.probabilities[k]!) / 3, 5);
    });
  });

  it("hears all of an entry that is longer than a window, whatever lies in its middle", () => {
    const speech = [{ start: 0, end: 1.5 }];
    const whole = answerRecording(predictor(), sound, speech, { hopSeconds: 60 });
    const fine = answerRecording(predictor(), sound, speech, { hopSeconds: 5 / 16 }); // half a window, nearly
    expect(whole.timeline.length).toBe(1);
    expect(whole.timeline[0]!.probabilities).toEqual(whole.probabilities);
    whole.probabilities.forEach(
      (p, k) => void expect(Math.abs(p - fine.probabilities[k]!)).toBeLessThan(0.02),
    );
    // The tone in the middle is all that one window there would hear.
    const middle = { ...sound, samples: samples.slice(34_880, 45_120) };
    const [alone] = predictWaves(predictor(), [middle]);
    const distance = Math.max(...whole.probabilities.map((p, k) => Math.abs(p - alone!.probabilities[k]!)));
    expect(distance).toBeGreaterThan(0.03);
  });

  it.each([1, 2, 3])(
    "gives every entry its windows where %d hops end half a sample before the sound",
    (hops) => {
      const hopSeconds = (5 - 0.5 / 16_000) / hops;
      const { timeline, probabilities } = answerRecording(predictor(), sound, [], { hopSeconds });
      expect(timeline.length).toBe(hops);
      for (const one of [probabilities, ...timeline.map((entry) => entry.probabilities)])
        expect(one.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
    },
  );

  it("marks an utterance too short for either entry that it lies across where most of it is", () => {
    const speech = [{ start: 1.78, end: 2.2 }];
    const answer = answerRecording(predictor(), sound, speech, { hopSeconds: 1 });
    expect(answer.timeline.map((entry) => entry.speech)).toEqual([false, true, false, false, false]);
  });

  it("takes the emotion from speech alone, and from everything where nobody speaks", () => {
    const model = predictor();
    const spoken = answerRecording(model, sound, [{ start: 2, end: 3 }]);
    spoken.probabilities.forEach((p, k) => {
      expect(p).toBeCloseTo(spoken.timeline[2]!.probabilities[k]!, 5);
    });
    const silent = answerRecording(model, sound, []);
    expect(silent.speech).toBe(false);
    expect(silent.probabilities).not.toEqual(spoken.probabilities);
    expect(silent.probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
  });

  it("answers what the model hears at once as predictWaves does, with one entry", () => {
    const model = predictor();
    const short = { ...sound, samples: samples.slice(0, 9_000) };
    const answer = answerRecording(model, short, [{ start: 0, end: 0.5 }]);
    const [expected] = predictWaves(model, [short]);
    expect(answer).toMatchObject(expected!);
    expect(answer.timeline).toEqual([{ start: 0, end: 0.5625, speech: true, ...expected }]);
  });

  it("answers the same whether a constant offset is on the sound or not", () => {
    const quiet = { ...sound, samples: samples.map((sample, i) => sample / (i < 8_000 ? 400 : 4)) };
    const raised = { ...sound, samples: quiet.samples.map((sample) => sample + 0.2) };
    for (const length of [12_000, 80_000]) {
      const [expected, answer] = [quiet, raised].map((one) =>
        answerRecording(predictor(), { ...one, samples: one.samples.slice(0, length) }, []),
      );
      answer!.probabilities.forEach((p, k) => {
        expect(Math.abs(p - expected!.probabilities[k]!)).toBeLessThan(0.01);
      });
    }
  });

  it("answers silence of any length", () => {
    for (const length of [0, 1, 200_000]) {
      const answer = answerRecording(predictor(), { ...sound, samples: new Float32Array(length) }, []);
      expect(answer.speech).toBe(false);
      expect(answer.probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
    }
  });

  it("refuses a hop that is none", () => {
    expect(() => answerRecording(predictor(), sound, [], { hopSeconds: 0 })).toThrow(/hop is 0 s/);
  });
});
