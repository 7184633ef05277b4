import { beforeAll, describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { type BootstrapOptions, percentileInterval } from "../../src/evaluation/intervals.js";
import type { Prediction } from "../../src/evaluation/prediction.js";
import { evaluateFolds, evaluatePredictions, groupMetrics } from "../../src/evaluation/report.js";
import { expected, goldenRun, prediction } from "./goldens.js";

let run: Prediction[];
const figuresOf = (predictions: readonly Prediction[], options?: BootstrapOptions) =>
  evaluatePredictions(predictions, options).all;
beforeAll(async () => {
  run = await goldenRun("first");
});

describe("percentile interval", () => {
  it("interpolates as numpy.quantile does", () => {
    // numpy.quantile([3, 1, 2, 10], [0.025, 0.975]) = [1.075, 9.475]
    const [low, high] = percentileInterval([3, 1, 2, 10]);
    expect(low).toBeCloseTo(1.075, 12);
    expect(high).toBeCloseTo(9.475, 12);
  });
});

describe("bootstrap intervals", () => {
  it("agree with 20,000 resamples of NumPy, by clip and by speaker", () => {
    const intervals = figuresOf(run, { samples: 20_000 });
    for (const by of ["clip", "speaker"] as const)
      for (const name of ["accuracy", "uar", "macroF1"] as const)
        intervals[name][by]!.forEach((edge, k) => {
          expect(Math.abs(edge - expected.intervals[by][name][k]!)).toBeLessThan(0.005);
        });
  });

  it("are wider by speaker when voices differ", () => {
    const { clip, speaker } = figuresOf(run).accuracy;
    expect(speaker![1] - speaker![0]).toBeGreaterThan(clip[1] - clip[0]);
  });

  it("are the same whatever the order of the predictions", () => {
    expect(figuresOf([...run].reverse())).toEqual(figuresOf(run));
  });

  it("move with the seed", () => {
    expect(figuresOf(run, { seed: 1 })).not.toEqual(figuresOf(run));
  });

  it("have no speaker interval below five speakers", () => {
    const four = run.filter(({ speaker }) => ["00", "01", "02"].includes(speaker.split("/")[1]!));
    expect(new Set(four.map(({ speaker }) => speaker)).size).toBe(6);
    expect(figuresOf(four).uar.speaker).not.toBeNull();
    const three = four.filter(({ corpus }) => corpus === "crema-d");
    expect(figuresOf(three).uar.speaker).toBeNull();
  });

  it("take well under a second for all figures of 2,337 clips", () => {
    const many = Array.from({ length: 2337 }, (_, i) => run[i % run.length]!);
    const start = performance.now();
    groupMetrics(many, () => "all");
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it("refuse options without meaning", () => {
    expect(() => figuresOf(run, { samples: 0 })).toThrow(/samples is 0/);
    expect(() => figuresOf(run, { confidence: 95 })).toThrow(/confidence is 95/);
  });
});

describe("evaluation report", () => {
  it("has all clips and each corpus, in the shape of metrics.json", () => {
    const report = evaluatePredictions(run);
    expect(Object.keys(report)).toEqual(["all", "crema-d", "ravdess"]);
    expect(report.all.n).toBe(360);
    expect(report.ravdess!.n).toBe(90);
    expect(Object.keys(report.all)).toEqual(["n", "accuracy", "uar", "macroF1"]);
    expect(report.all.uar.value).toBeCloseTo(expected.all.uar, 12);
    expect(report["crema-d"]!.macroF1.value).toBeCloseTo(expected["crema-d"].macroF1, 12);
    expect(report.ravdess!.accuracy.speaker).toBeNull();
    expect(groupMetrics(run, () => "one")).toEqual({ one: report.all });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("averages folds, each weighing the same", () => {
    const folds = [run.slice(0, 100), run.slice(100, 300)];
    const mean = evaluateFolds(folds).all;
    const apart = folds.map((fold) => evaluatePredictions(fold).all);
    expect(mean.n).toBe(300);
    expect(mean.uar.value).toBeCloseTo((apart[0]!.uar.value + apart[1]!.uar.value) / 2, 12);
    expect(mean.uar.clip[0]).toBeLessThan(mean.uar.value);
    expect(mean.uar.clip[1]).toBeGreaterThan(mean.uar.value);
    const width = ({ uar }: typeof mean) => uar.clip[1] - uar.clip[0];
    expect(width(mean)).toBeLessThan(width(apart[0]!));
  });

  it("draws one voice less than a fold has, so that few voices do not make the interval narrow", () => {
    // Four voices a fold, each wholly right or wholly wrong by the same odds: the variance of a voice is 1/4, of the mean of
    // four estimated without bias (1/3 of the squared deviations) 1/12, of the mean of six such folds 1/72.
    const folds = Array.from({ length: 6 }, (_, fold) =>
      [0, 1, 2, 3].flatMap((voice) =>
        ["sad", "angry"].map((emotion) => ({
          ...prediction(
            `ravdess/${fold}-${voice}-${emotion}`,
            `${fold}-${voice}`,
            emotion as "sad",
            emotion as "sad",
          ),
          ...(voice < 2 && { predicted: (emotion === "sad" ? "angry" : "sad") as "sad" }),
        })),
      ),
    );
    const [low, high] = evaluateFolds(folds, { samples: 20_000 }).all.accuracy.speaker!;
    expect(Math.abs((high - low) / (2 * 1.96) - Math.sqrt(1 / 72))).toBeLessThan(0.006);
  });

  it("has no interval by speaker over folds of which one has two voices", () => {
    const two = [0, 1].map((i) => prediction(`tess/${i}`, `t${i}`, "sad", i === 0 ? "sad" : "angry"));
    const five = [0, 1, 2, 3, 4].map((i) => prediction(`ravdess/${i}`, `r${i}`, "sad", "sad"));
    expect(evaluateFolds([two, five]).all.uar.speaker).toBeNull();
    expect(evaluateFolds([two, five]).all.uar.clip).not.toBeNull();
    expect(evaluatePredictions(five).all.uar.speaker).not.toBeNull();
  });

  it("averages a corpus over the folds that hold it", () => {
    const folds = ["crema-d", "ravdess"].map((corpus) => run.filter((row) => row.corpus === corpus));
    const report = evaluateFolds(folds);
    expect(report["crema-d"]!.uar.value).toBeCloseTo(expected["crema-d"].uar, 12);
    expect(report.all.uar.value).not.toBeCloseTo(expected.all.uar, 3);
  });

  it("refuses folds that judge a clip twice, as seeds do: their intervals would be too narrow", () => {
    const folds = [run.slice(0, 100), run.slice(99, 200)];
    expect(() => evaluateFolds(folds)).toThrow(LabError);
    expect(() => evaluateFolds(folds)).toThrow(`${run[99]!.clip} is judged in two folds`);
  });

  it("breaks results down by anything the caller knows of a clip", () => {
    const groups = groupMetrics(run, ({ speaker }) => (speaker.endsWith("0") ? "zero" : "other"));
    expect(Object.keys(groups)).toEqual(["other", "zero"]);
    expect(groups.other!.n + groups.zero!.n).toBe(360);
  });

  it("refuses a corpus named all", () => {
    expect(() => evaluatePredictions([{ ...run[0]!, corpus: "all" }])).toThrow(/named "all"/);
  });
});
