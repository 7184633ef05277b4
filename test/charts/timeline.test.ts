import { describe, expect, it } from "vitest";
import { renderSvg } from "../../src/charts/svg.js";
import { emotionTimeline } from "../../src/charts/timeline.js";

const stretch = (start: number, end: number, speech: boolean, probabilities: number[]) => ({
  ...{ start, end, speech, probabilities },
});

describe("an emotion timeline", () => {
  const chart = emotionTimeline(
    [stretch(0, 2, true, [0.25, 0.75]), stretch(2, 4, false, [0.5, 0.5]), stretch(4, 5, true, [1, 0])],
    ["sad", "happy"],
    "Emotions in a.wav",
  );

  it("stands each emotion's share on the last one's, at even steps, and leaves silence empty", () => {
    expect(chart.stacked).toBe(true);
    expect(chart.series).toMatchObject([
      { name: "sad", x: [1, 3, 5], y: [0.25, 0, 1] },
      { name: "happy", x: [1, 3, 5], y: [0.75, 0, 0] },
    ]);
    expect(chart.x.domain).toEqual([0, 5]);
    expect(chart.description).toBe("Probability of each emotion over 5.0 seconds; 67% of them are speech.");
  });

  it("draws itself, and refuses nothing at all", async () => {
    expect(await renderSvg(chart)).toContain("happy");
    expect(() => emotionTimeline([], ["sad"], "none")).toThrow(/no stretches/);
  });
});
