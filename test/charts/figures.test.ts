import { describe, expect, it } from "vitest";
import type { BarSeries, BoxSeries, HeatmapSeries, LineSeries, PointSeries } from "../../src/charts/chart.js";
import { countsByGroup, histogram } from "../../src/charts/counts.js";
import { distribution } from "../../src/charts/distributions.js";
import { dotsWithIntervals } from "../../src/charts/intervals.js";
import { learningCurves } from "../../src/charts/learning-curves.js";
import { confusionMatrix } from "../../src/charts/matrices.js";
import { colorAt, emotionColors, relativeLuminance } from "../../src/charts/palette.js";
import { reliabilityCurve } from "../../src/charts/reliability.js";
import { parallelSettings, searchHistory } from "../../src/charts/search.js";
import { spectrogram, waveformChart } from "../../src/charts/sound.js";
import { emotions } from "../../src/corpora/emotions.js";

describe("confusion matrix", () => {
  it("shows each row's shares, its clips beside the label, and nothing in empty cells", () => {
    const chart = confusionMatrix(
      [
        [3, 1, 0],
        [0, 0, 0],
        [1, 0, 399],
      ],
      ["sad", "calm", "happy"],
    );
    const [cells] = chart.series as [HeatmapSeries];
    expect(cells.values).toEqual([
      [0.75, 0.25, 0],
      [0, 0, 0],
      [0.0025, 0, 0.9975],
    ]);
    expect(cells.text).toEqual([
      ["75", "25", ""],
      ["", "", ""],
      ["<1", "", "100"],
    ]);
    expect(cells.y).toEqual(["sad (4)", "calm (0)", "happy (400)"]);
    expect(chart.description).toContain("402 of 404 clips are right");
  });

  it("refuses counts of another size than the labels", () => {
    expect(() => confusionMatrix([[1, 2]], ["sad"])).toThrow(/not 1 × 1/);
  });
});

describe("learning curves", () => {
  it("leave out epochs without validation and mark the best UAR", () => {
    const epoch = (n: number, uar: number | null) => ({
      epoch: n,
      trainLoss: 1,
      validationLoss: uar,
      validationAccuracy: uar,
      validationUar: uar,
    });
    const history = [epoch(1, 0.3), epoch(2, null), epoch(3, 0.61), epoch(4, 0.5)];
    const chart = learningCurves(history);
    expect((chart.series[0] as LineSeries).x).toEqual([1, 3, 4]);
    expect(chart.references).toEqual([{ axis: "x", value: 3, label: "best UAR: epoch 3" }]);
    expect(chart.title).toContain("61.0% in epoch 3");
    const kept = learningCurves(history, "scores", 4); // kept by another score
    expect(kept.references).toEqual([{ axis: "x", value: 4, label: "kept: epoch 4" }]);
    expect(kept.title).toContain("61.0% in epoch 3, kept: epoch 4");
  });
});

describe("distribution", () => {
  it("has numpy's 5, 25, 50, 75 and 95 percent points", () => {
    const chart = distribution([{ group: "sad", values: [4, 1, 3, 2, 10] }], {
      title: "T",
      groupTitle: "g",
      valueTitle: "v",
    });
    const [box] = (chart.series[0] as BoxSeries).quantiles;
    // numpy.quantile([1, 2, 3, 4, 10], [.05, .25, .5, .75, .95])
    expect(box).toMatchObject({ q1: 2, median: 3, q3: 4, n: 5 });
    expect(box!.low).toBeCloseTo(1.2, 12);
    expect(box!.high).toBeCloseTo(8.8, 12);
  });

  it("refuses a group without values and one with NaN", () => {
    const options = { title: "T", groupTitle: "g", valueTitle: "v" };
    expect(() => distribution([{ group: "sad", values: [] }], options)).toThrow(/"sad" has no values/);
    expect(() => distribution([{ group: "sad", values: [Number.NaN] }], options)).toThrow(/no number/);
  });
});

describe("histogram and counts", () => {
  it("count every value once, those outside in the outer bins", () => {
    const chart = histogram(
      { a: [0, 0.5, 1, 1.5, 2, 9, -4] },
      { title: "T", valueTitle: "v", bins: 2, domain: [0, 2] },
    );
    expect((chart.series[0] as BarSeries).x).toEqual([0.5, 1.5]);
    expect((chart.series[0] as BarSeries).y).toEqual([3, 4]);
  });

  it("keep the order of the rows", () => {
    const chart = countsByGroup(
      [
        { name: "sad", series: "b", count: 1 },
        { name: "happy", series: "a", count: 2 },
      ],
      { title: "T", nameTitle: "emotion" },
    );
    expect(chart.x.domain).toEqual(["sad", "happy"]);
    expect(chart.series.map(({ name }) => name)).toEqual(["b", "a"]);
  });
});

describe("dots with intervals", () => {
  it("stand at their value where a row has no interval", () => {
    const chart = dotsWithIntervals(
      [
        { name: "a", value: 0.5, interval: [0.4, 0.6] },
        { name: "b", value: 0.7, interval: null },
      ],
      { title: "T", nameTitle: "n", valueTitle: "v" },
    );
    expect(chart.series[0] as PointSeries).toMatchObject({ low: [0.4, 0.7], high: [0.6, 0.7] });
  });
});

describe("charts of a search", () => {
  const trials = [
    { number: 1, score: 0.5, isPruned: false },
    { number: 2, score: 0.7, isPruned: true },
    { number: 3, score: 0.6, isPruned: false },
    { number: 4, score: 0.4, isPruned: false },
  ];

  it("draw the best so far through complete trials alone", () => {
    const [best, whole, pruned] = searchHistory(trials, "T").series as [LineSeries, PointSeries, PointSeries];
    expect([best.x, best.y]).toEqual([
      [1, 3, 4],
      [0.5, 0.6, 0.6],
    ]);
    expect([whole.x, pruned.x]).toEqual([[1, 3, 4], [2]]);
  });

  it("draw a line a trial, the best in front, with a row for the score", () => {
    const settings = [{ name: "rate", low: "0", high: "1", places: [0, 0.25, 0.5, 1] }];
    const chart = parallelSettings(trials, settings, "T");
    const lines = chart.series as LineSeries[];
    expect(lines.map(({ name }) => name)).toEqual(["", "", "", "trial 3, the best"]);
    expect(lines.map(({ x }) => x[0])).toEqual([1, 0, 0.25, 0.5]);
    expect(lines.map(({ x }) => Number(x[1]!.toFixed(3)))).toEqual([0, 0.333, 1, 0.667]);
    expect(chart.y.ticks?.map(({ label }) => label)).toEqual(["rate 0 – 1", "score 40.0% – 70.0%"]);
  });
});

describe("spectrogram", () => {
  it("averages frames and bands beyond 188 × 64, with time and bands kept", () => {
    const [frames, bands] = [400, 128];
    const values = Float32Array.from({ length: frames * bands }, (_, at) => Math.floor(at / bands));
    const chart = spectrogram(values, frames, bands, { title: "T", hopSeconds: 0.01 });
    const [cells] = chart.series as [HeatmapSeries];
    expect([cells.values.length, cells.values[0]!.length]).toEqual([64, 134]);
    expect(cells.values[5]!.slice(0, 2)).toEqual([1, 4]); // means of frames 0-2 and 3-5
    expect(cells.x[0]).toBeCloseTo(0.015, 12);
    expect(cells.y.slice(0, 2)).toEqual([0.5, 2.5]);
  });

  it("puts a frequency where its band is", () => {
    const chart = spectrogram(new Float32Array(6), 2, 3, {
      title: "T",
      hopSeconds: 1,
      bandHz: [250, 750, 1250],
    });
    expect(chart.y.ticks).toEqual([
      { value: 0, label: "250" },
      { value: 0.5, label: "500" },
      { value: 1.5, label: "1k" },
    ]);
  });

  it("scales saliency to its largest value", () => {
    const chart = spectrogram([1, 2, 3, 4], 2, 2, { title: "T", hopSeconds: 1, saliency: [0, 5, 10, -1] });
    expect((chart.series[1] as HeatmapSeries).values).toEqual([
      [0, 1],
      [0.5, 0],
    ]);
  });

  it("refuses lengths that do not fit", () => {
    expect(() => spectrogram([1, 2, 3], 2, 2, { title: "T", hopSeconds: 1 })).toThrow(
      /3 values; 2 frames × 2 bands/,
    );
  });
});

describe("waveform", () => {
  it("keeps the highest and lowest sample of every column", () => {
    const samples = new Float32Array(60_000);
    samples[30_001] = 0.9;
    samples[30_002] = -0.8;
    const { x, y } = waveformChart(samples, 16_000, "T").series[0] as LineSeries;
    expect(x).toHaveLength(1200);
    expect(Math.max(...y)).toBeCloseTo(0.9, 6);
    expect(Math.min(...y)).toBeCloseTo(-0.8, 6);
    expect(x[y.indexOf(Math.max(...y))]).toBeCloseTo(30_000 / 16_000, 6);
  });
});

describe("reliability curve", () => {
  it("leaves empty bins out", () => {
    const chart = reliabilityCurve({
      test: [
        { n: 0, confidence: null, accuracy: null },
        { n: 4, confidence: 0.6, accuracy: 0.5 },
      ],
    });
    expect(chart.series[1]).toMatchObject({ name: "test", x: [0.6], y: [0.5] });
  });
});

describe("palette", () => {
  const linear = (color: string) =>
    [1, 3, 5]
      .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  const lab = ([r, g, b]: number[]): number[] => {
    const xyz = [
      (0.4124564 * r! + 0.3575761 * g! + 0.1804375 * b!) / 0.95047,
      0.2126729 * r! + 0.7151522 * g! + 0.072175 * b!,
      (0.0193339 * r! + 0.119192 * g! + 0.9503041 * b!) / 1.08883,
    ].map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116));
    return [116 * xyz[1]! - 16, 500 * (xyz[0]! - xyz[1]!), 200 * (xyz[1]! - xyz[2]!)];
  };
  // Machado, Oliveira & Fernandes 2009, severity 1.
  const eyes: Record<string, number[][]> = {
    normal: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    protan: [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
    deutan: [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
    tritan: [
      [1.255528, -0.076749, -0.178779],
      [-0.078411, 0.930809, 0.147602],
      [0.004733, 0.691367, 0.3039],
    ],
  };

  it("has a colour for each emotion", () => {
    expect(Object.keys(emotionColors)).toEqual([...emotions]);
  });

  it.each(Object.entries(eyes))("keeps any two emotions apart in %s vision", (_, matrix) => {
    const seen = Object.values(emotionColors).map((color) => {
      const rgb = linear(color);
      return lab(
        matrix.map((row) =>
          Math.min(
            1,
            Math.max(
              0,
              row.reduce((sum, w, i) => sum + w * rgb[i]!, 0),
            ),
          ),
        ),
      );
    });
    for (let i = 0; i < seen.length; i++)
      for (let j = 0; j < i; j++)
        expect(Math.hypot(...seen[i]!.map((value, k) => value - seen[j]![k]!))).toBeGreaterThan(15);
  });

  it("stands out from white and from near-black", () => {
    for (const color of Object.values(emotionColors)) {
      expect(1.05 / (relativeLuminance(color) + 0.05)).toBeGreaterThan(2.5);
      expect((relativeLuminance(color) + 0.05) / (relativeLuminance("#111111") + 0.05)).toBeGreaterThan(2.4);
    }
  });

  it("goes through a scale's stops", () => {
    expect([0, 1 / 6, 1].map((share) => colorAt("blues", share))).toEqual(["#f7fafd", "#d6e4f3", "#0b3266"]);
  });
});
