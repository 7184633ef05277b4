import { describe, expect, it } from "vitest";
import { catalogueFrame } from "../../src/corpora/catalogue-frame.js";
import type { Clip } from "../../src/corpora/clip.js";

const clip = (id: string, more: Partial<Clip> = {}): Clip => ({
  id,
  corpus: "crema-d",
  path: `/${id}`,
  checksum: id,
  speaker: "crema-d/1001",
  emotion: "happy",
  sentence: "Don't forget a jacket",
  intensity: "low",
  sex: "male",
  age: 51,
  duration: 2.5,
  defect: null,
  ...more,
});

describe("the catalogue as a DataFrame", () => {
  const frame = catalogueFrame([
    clip("crema-d/a.wav"),
    clip("crema-d/b.wav", { age: null, emotion: "sad", defect: "corrected: stereo" }),
  ]);

  it("has the catalogue's columns, a row a clip", () => {
    expect(frame.shape).toEqual([2, 10]);
    expect(frame.columns).toEqual(
      "clip corpus speaker sex age emotion intensity sentence duration defect".split(" "),
    );
    expect(frame.column("clip").values).toEqual(["crema-d/a.wav", "crema-d/b.wav"]);
    expect(frame.column("defect").values).toEqual(["", "corrected: stereo"]);
    expect(frame.column("age").values).toEqual([51, Number.NaN]);
  });

  it("can be grouped and counted", () => {
    const counts = frame.column("emotion").valueCounts();
    expect(Object.fromEntries(counts.index.map((name, i) => [name, counts.values[i]]))).toEqual({
      happy: 1,
      sad: 1,
    });
    expect(frame.groupby(["corpus"]).col(["duration"]).mean().column("duration_mean").values).toEqual([2.5]);
  });
});
