import { describe, expect, it } from "vitest";
import type { Clip } from "../../../src/corpora/clip.js";
import type { Emotion } from "../../../src/corpora/emotions.js";
import { emotions } from "../../../src/corpora/emotions.js";
import type { Prediction } from "../../../src/evaluation/prediction.js";
import {
  averageListening,
  pieces,
  speechFrames,
} from "../../../src/notebook/studies/architecture/average-listening.js";
import { ageGroupOf, confidentMistakes } from "../../../src/notebook/studies/architecture/show-failures.js";
import type { Listening } from "../../../src/notebook/studies/listening.js";

function predictionOf(clip: string, emotion: Emotion, predicted: Emotion, confidence: number): Prediction {
  const rest = (1 - confidence) / (emotions.length - 1);
  const probabilities = emotions.map((name) => (name === predicted ? confidence : rest));
  return { clip, corpus: "crema-d", speaker: "crema-d/1001", emotion, predicted, probabilities };
}

describe("ageGroupOf", () => {
  it("puts every age into one group and says when it is not known", () => {
    expect([20, 29, 30, 49, 50, 74, null].map(ageGroupOf)).toEqual([
      "under 30",
      "under 30",
      "30 to 49",
      "30 to 49",
      "50 and over",
      "50 and over",
      "unknown",
    ]);
  });
});

describe("confidentMistakes", () => {
  it("gives the wrong decisions alone, surest first, equal ones by name", () => {
    const predictions = [
      predictionOf("c", "sad", "angry", 0.6),
      predictionOf("a", "sad", "sad", 0.99),
      predictionOf("b", "happy", "angry", 0.9),
      predictionOf("d", "happy", "fearful", 0.6),
    ];
    expect(confidentMistakes(predictions).map(({ clip }) => clip)).toEqual(["b", "c", "d"]);
    expect(confidentMistakes(predictions, 1).map(({ clip }) => clip)).toEqual(["b"]);
  });
});

/** A clip of 20 spoken frames between paddings, listened to in one place alone. */
function listeningAt(emotion: Emotion, frame: number, band: number, padding: number): Listening {
  const [frames, bands] = [20 + 2 * padding, 4];
  const values = new Float32Array(frames * bands).fill(1, padding * bands, (padding + 20) * bands);
  const attribution = new Float32Array(frames * bands);
  attribution[(padding + frame) * bands + band] = 0.3 * (1 + padding);
  return {
    clip: {} as Clip,
    wave: { samples: new Float32Array(1), sampleRate: 16_000 },
    values,
    frames,
    bands,
    attribution,
    emotion,
  };
}

describe("averageListening", () => {
  it("leaves the padding around a clip out of its time", () => {
    expect(speechFrames(listeningAt("sad", 0, 0, 7))).toEqual([7, 27]);
  });

  it("counts every clip alike, whatever the size of its attribution and its place in the row", () => {
    const [average] = averageListening([listeningAt("sad", 0, 1, 3), listeningAt("sad", 19, 3, 9)]);
    expect(average).toMatchObject({ emotion: "sad", clips: 2, byBand: [0, 0.5, 0, 0.5] });
    expect(average!.byTime).toHaveLength(pieces);
    expect([average!.byTime[0], average!.byTime[pieces - 1]]).toEqual([0.5, 0.5]);
  });

  it("keeps emotions apart, in their usual order, and leaves out those without clips", () => {
    const heard = [listeningAt("angry", 3, 0, 1), listeningAt("neutral", 3, 0, 1)];
    expect(averageListening(heard).map(({ emotion }) => emotion)).toEqual(["neutral", "angry"]);
  });
});
