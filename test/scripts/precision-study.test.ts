import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readStudy, readStudyRuns } from "../../scripts/precision/files.mjs";
import { describeStudy, precisions, type StudyRun, seeds } from "../../scripts/precision/study.mjs";
import { studyEnd, studyMarkdown, studyStart } from "../../scripts/precision/table.mjs";
import { createRandom } from "../../src/core/random.js";
import { emotions } from "../../src/corpora/emotions.js";
import type { Prediction } from "../../src/evaluation/prediction.js";

const root = join(__dirname, "..", "..");

/** Six voices with 20 clips each; a share of the decisions is wrong. */
function predictionsOf(seed: number, wrong: number): Prediction[] {
  const random = createRandom(seed);
  return Array.from({ length: 120 }, (_, i) => {
    const emotion = emotions[i % 6]!;
    const predicted = random.chance(wrong) ? emotions[(i + 1) % 6]! : emotion;
    const probabilities = emotions.map((name) => (name === predicted ? 0.93 : 0.01));
    return {
      clip: `crema-d/${i}.wav`,
      corpus: "crema-d",
      speaker: `crema-d/${i % 6}`,
      emotion,
      predicted,
      probabilities,
    };
  });
}

function runsOf(wrong: Record<"float32" | "bf16", number>): StudyRun[] {
  return precisions.flatMap((precision) =>
    seeds.map((seed) => ({
      precision,
      seed,
      specHash: `${precision}-${seed}`,
      seconds: 1,
      test: predictionsOf(seed, wrong[precision]),
    })),
  );
}

describe("the precision study", () => {
  it("finds no difference between equal predictions", () => {
    const { differences, differenceOverSeeds } = describeStudy(runsOf({ float32: 0.3, bf16: 0.3 }));
    for (const { uar } of differences) expect(uar).toMatchObject({ value: 0, clip: [0, 0] });
    expect(differenceOverSeeds.accuracy.value).toBe(0);
  });

  it("finds bf16 worse where it is, by voice too", () => {
    const { differenceOverSeeds, means } = describeStudy(runsOf({ float32: 0.1, bf16: 0.5 }));
    expect(differenceOverSeeds.uar.speaker![1]).toBeLessThan(0);
    expect(means[0]!.accuracy.value - means[1]!.accuracy.value).toBeCloseTo(
      -differenceOverSeeds.accuracy.value,
      12,
    );
  });

  it("takes the same clips from every seed: seeds that say the same leave a mean no surer than one of them", () => {
    const runs = runsOf({ float32: 0.3, bf16: 0.3 }).map((run) => ({ ...run, test: predictionsOf(0, 0.3) }));
    const described = describeStudy(runs);
    const [mean, single] = [described.means[0]!, described.runs[0]!];
    expect(mean.accuracy.value).toBeCloseTo(single.accuracy.value, 12);
    const width = ([low, high]: readonly [number, number]) => high - low;
    for (const name of ["accuracy", "uar"] as const) {
      expect(width(mean[name].clip) / width(single[name].clip)).toBeCloseTo(1, 0.8);
      expect(width(mean[name].speaker!) / width(single[name].speaker!)).toBeCloseTo(1, 0.8);
    }
  });

  it("is committed with predictions from which its figures follow, and shown in docs/kernels.md", async () => {
    const study = await readStudy(root);
    const page = readFileSync(join(root, "docs", "kernels.md"), "utf8");
    const shown = page.slice(page.indexOf(studyStart) + studyStart.length, page.indexOf(studyEnd)).trim();
    expect(shown).toBe(studyMarkdown(study));
    if (study === null) return;
    const again: unknown = JSON.parse(JSON.stringify(describeStudy(await readStudyRuns(root, study))));
    expect(again).toEqual(study);
  });
});
