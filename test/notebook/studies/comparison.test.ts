import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { packageRoot, resolveSettings, type Settings } from "../../../src/core/settings.js";
import { emotions } from "../../../src/corpora/emotions.js";
import { groupGaps } from "../../../src/evaluation/group-gaps.js";
import { scorePredictions } from "../../../src/evaluation/metrics.js";
import { costChart, rankedRows, rankingChart } from "../../../src/notebook/studies/comparison/charts.js";
import { compareRows } from "../../../src/notebook/studies/comparison/compare.js";
import type { Comparison } from "../../../src/notebook/studies/comparison/comparison.js";
import { latencyPath, readLatencies } from "../../../src/notebook/studies/comparison/latencies.js";
import { missingResults } from "../../../src/notebook/studies/comparison/rank-rows.js";
import { oursBeside } from "../../../src/notebook/studies/comparison/references.js";
import { comparisonCsv } from "../../../src/notebook/studies/comparison/write-comparison.js";
import { listPublished, readPublished } from "../../../src/training/published.js";
import { rows } from "../../../src/training/rows.js";
import { isOnCard } from "../../../src/training/run-metrics.js";
import { memberOf } from "../../evaluation/members.js";
import { commitResult } from "../../training/committed-result.js";
import { temporarySettings } from "../../training/toy.js";

/** Numbers to six digits: exponentials may differ in the last one from machine to machine. */
const rounded = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, one: unknown) => (typeof one === "number" ? Number(one.toPrecision(6)) : one)),
  );

describe("results/comparison", () => {
  it("holds what the committed results say (npm run results)", async () => {
    const path = join(packageRoot, "results", "comparison", "comparison.json");
    const committed = JSON.parse(readFileSync(path, "utf8")) as unknown;
    const now = await compareRows(resolveSettings({ root: packageRoot }));
    expect(rounded(committed), "run npm run results").toEqual(rounded(now));
  }, 300_000);
});

describe("compareRows", () => {
  let settings: Settings;
  let comparison: Comparison;
  beforeAll(async () => {
    settings = temporarySettings("full");
    mkdirSync(join(settings.root, "data"), { recursive: true });
    cpSync(join(packageRoot, "data", "references.json"), join(settings.root, "data", "references.json"));
    const parts = (seed: number, skill: number) => ({
      validation: memberOf(seed, skill, 120, 6),
      test: memberOf(100 + seed, skill, 400, 20),
    });
    await commitResult(settings, "speaker-independent/resnet/seed-0", parts(1, 0.2));
    await commitResult(settings, "speaker-independent/resnet/seed-1", parts(2, 0.25));
    await commitResult(settings, "speaker-independent/whisper/seed-0", parts(3, 0.7));
    await commitResult(settings, "combined/resnet/seed-0", parts(4, 0.3));
    await commitResult(settings, "speaker-independent/whisper-tiny.en/seed-0", parts(6, 0.15));
    await commitResult(settings, "speaker-independent/whisper-tiny.en-no-trimming/seed-0", parts(5, 0.1));
    for (const [i, skill] of [0.2, 0.6, 0.3, 0.4, 0.5, 0.5].entries()) {
      const fold = String(i + 1);
      const { validation, test } = parts(7 + i, skill);
      const own = test.map((row) => ({ ...row, clip: `${row.clip} of fold ${fold}` })); // folds share no clip
      const place = `emobox-ravdess/whisper/seed-0/fold-${fold}`;
      await commitResult(settings, place, { validation, test: own }, { fold });
    }
    const machine = { processor: "a processor", cores: 2, gpu: null };
    const resnet = { median: 3.5, low: 3.4, high: 3.7 };
    const measured = "2026-11-26T10:00:00.000Z";
    writeFileSync(latencyPath(settings), JSON.stringify({ machine, measured, seconds: 3, rows: { resnet } }));
    comparison = await compareRows(settings);
  }, 300_000);

  it("has every row, and for what is not published the command instead of a figure", () => {
    expect(comparison.rows.map(({ name }) => name)).toEqual(rows.map(({ name }) => name));
    const whisper = comparison.rows.find(({ name }) => name === "whisper")!;
    expect(whisper.results["speaker-independent"].state).toBe("run");
    expect(whisper.results.combined).toEqual({
      state: "not run",
      command: "affectlab train whisper --protocol combined --profile full",
    });
    const general = comparison.rows.find(({ name }) => name === "general")!;
    expect(general.results["speaker-independent"].state).toBe("not run");
    expect(general.results.combined).toEqual({ state: "not meant" });
    expect(missingResults(comparison)).not.toContainEqual(
      expect.objectContaining({ row: "general", protocol: "combined" }),
    );
    const lines = comparisonCsv(comparison).trim().split("\n");
    expect(lines).toHaveLength(1 + 2 * rows.length);
    for (const line of lines) expect(line.split(",")).toHaveLength(17);
  });

  it("holds the others against the best on the same clips, and keeps the seeds", () => {
    const [best, second] = rankedRows(comparison, "speaker-independent").map(
      ({ results }) => results["speaker-independent"],
    );
    if (best?.state !== "run" || second?.state !== "run") throw new Error("two rows are run");
    expect(best.behindBest).toBeNull();
    expect(second.behindBest!.value).toBeCloseTo(best.figure.value - second.figure.value, 12);
    expect(second.behindBest!.pValueClip).toBeLessThan(0.01);
    expect(Object.keys(second.seeds)).toEqual(["0", "1"]);
  });

  it("has the time of an answer where it is measured, and draws only such rows against it", () => {
    const latencies = comparison.rows.map(({ name, results }) => {
      const result = results["speaker-independent"];
      return result.state === "run" ? [name, result.latencyMilliseconds] : [];
    });
    expect(latencies.filter((one) => one.length > 0)).toEqual([
      ["whisper", null],
      ["resnet", 3.5],
      ["whisper-tiny.en", null],
    ]);
    const drawn = costChart(comparison, "latencyMilliseconds").series;
    expect(drawn).toMatchObject([{ name: "network", labels: ["resnet"], x: [3.5] }]);
  });

  it("tells UAR of one corpus on both protocols, the same metric on known voices as on new ones", () => {
    const { results } = comparison.rows.find(({ name }) => name === "resnet")!;
    const [fresh, known] = [results["speaker-independent"], results.combined];
    if (fresh.state !== "run" || known.state !== "run") throw new Error("resnet is run on both");
    expect(fresh.uar).toEqual(fresh.figure);
    expect(known.uar).not.toEqual(known.figure);
  });

  it("has the voices that a row knows on one protocol and meets on the other", () => {
    const { results } = comparison.rows.find(({ name }) => name === "resnet")!;
    expect(comparison.voices.map(({ row }) => row)).toEqual(["resnet"]); // the one on both
    const [voices] = comparison.voices;
    const fresh = results["speaker-independent"];
    if (fresh.state !== "run") throw new Error("resnet is run");
    expect(voices!.newUar).toBeLessThanOrEqual(1);
    expect(voices!.newClips).toBeLessThanOrEqual(fresh.clips);
    expect(voices!.gain).toBeCloseTo(voices!.knownUar - voices!.newUar, 12);
  });

  it("draws no seconds of a card beside seconds of a processor", () => {
    const onCard = structuredClone(comparison) as unknown as {
      rows: { name: string; results: Record<string, { device?: string }> }[];
    };
    const { results } = onCard.rows.find(({ name }) => name === "resnet")!;
    results["speaker-independent"]!.device = "NVIDIA H100 80GB HBM3; Intel(R) Xeon(R) Processor, 16 cores";
    const drawn = (cost: "seconds" | "parameters") =>
      costChart(onCard as unknown as Comparison, cost).series.flatMap((series) =>
        series.mark === "point" ? series.labels : [],
      );
    expect(drawn("seconds")).not.toContain("resnet");
    expect(drawn("parameters")).toContain("resnet");
  });

  it("refuses a file of latencies that is another one's, by its path", async () => {
    const other = temporarySettings("full");
    mkdirSync(join(other.root, "results"), { recursive: true });
    writeFileSync(latencyPath(other), "{}");
    await expect(readLatencies(other)).rejects.toThrow(/latency\.json cannot be used/);
  });

  it("takes a published ablation, and gives the command for the others", () => {
    const [run, ...others] = [...comparison.ablations].sort((a) => (a.difference === null ? 1 : -1));
    expect(run).toMatchObject({
      of: "whisper-tiny.en",
      question: "without trimming silence",
      command: null,
    });
    expect(run!.difference!.value).toBeLessThan(0);
    for (const { command } of others) expect(command).toMatch(/--set .* --no-weights$/);
  });

  it("draws only what is run, with the listeners as a line", () => {
    const chart = rankingChart(comparison);
    expect(new Set(chart.series.flatMap((series) => ("x" in series ? series.x : [])))).toEqual(
      new Set(["whisper", "resnet", "whisper-tiny.en"]),
    );
    expect(chart.references![0]).toMatchObject({ value: comparison.listeners.uar });
  });

  it("puts ours beside a published figure where both are on one protocol, and null where ours is not run", async () => {
    const ofRow = (row: string) => comparison.references.find((one) => one.row === row)!;
    expect(ofRow("resnet").ours).not.toBeNull();
    expect(ofRow("lstm").ours).toBeNull();
    const onFolds = comparison.references.find(
      (one) => one.comparable === "emobox-ravdess" && one.row === "whisper",
    )!;
    const folds = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(async (fold) =>
        readPublished(`emobox-ravdess/whisper/seed-0/fold-${fold}`, settings),
      ),
    );
    const sum = folds.reduce((total, { test }) => total + scorePredictions(test)[onFolds.metric], 0);
    expect(onFolds.ours!.value).toBeCloseTo(sum / 6, 12);
    const withoutLast = (await listPublished(settings)).filter(({ place }) => !place.endsWith("fold-6"));
    expect(await oursBeside(onFolds, withoutLast, settings)).toBeNull();
    for (const { source, checked } of comparison.references) {
      expect(source).not.toBe("");
      expect(checked).not.toBe("");
    }
  });
});

describe("isOnCard", () => {
  it.each([
    ["Intel(R) Xeon(R) Processor, 2 cores", false],
    ["Intel(R) Xeon(R) Processor, 2 cores; AMD EPYC, 8 cores", false],
    ["NVIDIA H100 80GB HBM3; Intel(R) Xeon(R) Processor, 16 cores", true],
    ["NVIDIA H100; Intel(R) Xeon(R), 16 cores, then Intel(R) Xeon(R), 2 cores", true],
    ["Intel(R) Xeon(R), 2 cores; NVIDIA H100; Intel(R) Xeon(R), 16 cores", true],
  ])("%s: %s", (device, expected) => {
    expect(isOnCard(device)).toBe(expected);
  });
});

describe("groupGaps", () => {
  it("finds the group that is recognised worse, by as much, with opposite signs for two groups", () => {
    const good = memberOf(3, 1, 400, 12);
    const predictions = good.map((one, i) =>
      Number(one.speaker.slice(-2)) % 2 === 0 && i % 2 === 1 && one.predicted === one.emotion
        ? { ...one, predicted: emotions[(emotions.indexOf(one.emotion) + 1) % 8]! }
        : one,
    );
    const gaps = groupGaps(predictions, ({ speaker }) =>
      Number(speaker.slice(-2)) % 2 === 0 ? "even" : "odd",
    );
    const [even, odd] = gaps as [(typeof gaps)[0], (typeof gaps)[0]];
    expect(even.gap).toBeCloseTo(-odd.gap, 12);
    expect(even.clip[1]).toBeLessThan(0);
    expect(even.speakers + odd.speakers).toBe(12);
    expect(even.speaker).not.toBeNull();
    expect(groupGaps(good, () => "all")).toEqual([]);
  });
});
