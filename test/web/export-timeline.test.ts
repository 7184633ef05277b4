import { describe, expect, it } from "vitest";
import { timelineCsv as commandLineCsv } from "../../src/cli/predict-answers.js";
import { recordingJson } from "../../src/inference/answer-json.js";
import { timelineCsv } from "../../src/web/export-timeline.js";

describe("a timeline saved from the page", () => {
  it("is what `affectlab predict --timeline` writes", () => {
    const labels = ["calm", "angry"];
    const stretch = { emotion: "angry", confidence: 0.71234567, speech: true, unsure: false };
    const timeline = [
      { ...stretch, start: 0, end: 1, probabilities: [0.3, 0.7] },
      { ...stretch, start: 1, end: 1.23456789, speech: false, unsure: true, probabilities: [1 / 3, 2 / 3] },
    ];
    const answer = { ...timeline[0]!, duration: 1.23456789, timeline };
    const json = recordingJson(answer, "a.wav", { name: "page", labels });
    expect(timelineCsv(timeline, labels)).toBe(commandLineCsv(json, labels));
  });
});
