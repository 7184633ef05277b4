import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import {
  replaceResults,
  resultsEnd,
  resultsMarkdown,
  resultsPage,
  resultsStart,
  writeResults,
} from "../../src/cli/results-table.js";
import { packageRoot, resolveSettings, type Settings } from "../../src/core/settings.js";
import { emotions } from "../../src/corpora/emotions.js";
import type { Prediction } from "../../src/evaluation/prediction.js";
import { writePredictions } from "../../src/evaluation/predictions-file.js";
import { evaluatePredictions } from "../../src/evaluation/report.js";

/** Eight clips of each speaker, an emotion each, of which the first `right` are told rightly. */
function answers(corpus: string, speakers: number, right: number): Prediction[] {
  return Array.from({ length: speakers * 8 }, (_, i) => {
    const emotion = emotions[i % 8]!;
    const predicted = i < right ? emotion : emotions[(i + 1) % 8]!;
    const speaker = `${corpus}/${Math.floor(i / 8)}`;
    const probabilities = emotions.map((name) => (name === predicted ? 1 : 0));
    return { clip: `${corpus}/${i}.wav`, corpus, speaker, emotion, predicted, probabilities };
  });
}

interface Facts {
  readonly protocol: string;
  readonly fold?: string;
  readonly seed?: number;
  readonly corpora: readonly string[];
  readonly bestEpoch?: number;
  readonly source?: string;
}

/** Puts a result where `affectlab publish` puts it. */
async function commit({ root }: Settings, place: string, test: Prediction[], facts: Facts): Promise<void> {
  const folder = join(root, "results", place);
  const { protocol, fold = null, seed = 0, corpora, bestEpoch = 31, source = "original" } = facts;
  await writePredictions(join(folder, "predictions.csv"), test);
  await writePredictions(join(folder, "predictions-validation.csv"), test);
  writeFileSync(join(folder, "history.csv"), "");
  const checksums = Object.fromEntries(corpora.map((name) => [name, "0"]));
  const spec = { profile: "full", model: "resnet", options: {}, protocol, fold, seed, corpora: checksums };
  const judged = evaluatePredictions(test);
  const metrics = {
    ...{ spec, specHash: "0", dataChecksum: "0", source, test: judged, validation: judged },
    ...{
      parameters: 1,
      epochs: 36,
      bestEpoch,
      seconds: 1,
      device: "CPU",
      precision: "float32",
      versions: {},
    },
  };
  writeFileSync(join(folder, "metrics.json"), JSON.stringify(metrics));
}

describe("the table of results", () => {
  let settings: Settings;
  const rows = async () =>
    (await resultsMarkdown(settings))
      .split("\n")
      .slice(2)
      .map((line) => line.slice(2, -2).split(" | "));
  beforeEach(() => {
    const root = mkdtempSync(join(tmpdir(), "affectlab-results-"));
    mkdirSync(join(root, "results"));
    settings = { ...resolveSettings(), root };
  });

  it("stands in README.md as results/ says it", async () => {
    const readme = readFileSync(join(packageRoot, "README.md"), "utf8");
    const table = await resultsPage(resolveSettings({ root: packageRoot }));
    expect(replaceResults(readme, table), "run npm run results").toBe(readme);
  }, 120_000);

  it("is one sentence when nothing is published", async () => {
    expect(await resultsMarkdown(settings)).toBe("No result is published yet.");
  });

  it("has a row for all test clips and one for each corpus, with intervals by clip and by speaker", async () => {
    const test = [...answers("crema-d", 6, 24), ...answers("tess", 1, 8)];
    const facts = { protocol: "combined", corpora: ["crema-d", "tess"], seed: 1, source: "opus-copy" };
    await commit(settings, "combined/resnet/seed-1", test, facts);
    const { accuracy, uar } = evaluatePredictions(test).all;
    const inPercent = (ends: readonly number[]) =>
      `[${ends.map((end) => (100 * end).toFixed(1)).join(", ")}]`;
    const figures = [`**57.1** ${inPercent(accuracy.clip)}`, `**57.1** ${inPercent(uar.clip)}`];
    const [all, cremaD, tess, ...more] = await rows();
    expect(more).toEqual([]);
    const last = ["1", "36 (31)", "opus-copy"];
    expect(all).toEqual(["resnet", "combined", "all", "56", ...figures, inPercent(uar.speaker!), ...last]);
    expect(cremaD!.slice(2, 5)).toEqual(["crema-d", "48", expect.stringMatching(/^\*\*50\.0\*\* \[/)]);
    expect(tess!.slice(2, 7)).toEqual(["tess", "8", "**100.0** [100.0, 100.0]", tess![5], "–"]);
  });

  it("puts new voices first and gives a lone corpus one row", async () => {
    const test = answers("crema-d", 5, 20);
    await commit(settings, "evar/resnet/seed-0", test, { protocol: "evar", corpora: ["crema-d"] });
    await commit(settings, "combined/resnet/seed-0", test, { protocol: "combined", corpora: ["crema-d"] });
    const speakerIndependent = { protocol: "speaker-independent", corpora: ["crema-d"] };
    await commit(settings, "speaker-independent/resnet/seed-0", test, speakerIndependent);
    expect((await rows()).map((cells) => cells.slice(1, 3))).toEqual([
      ["speaker-independent", "crema-d"],
      ["combined", "crema-d"],
      ["evar", "crema-d"],
    ]);
  });

  it("gives the mean over folds, and says how many of them are there", async () => {
    const facts = { protocol: "emobox-ravdess", corpora: ["ravdess"] };
    for (const [fold, right] of [0, 8, 16].entries()) {
      const place = `emobox-ravdess/resnet/seed-0/fold-${fold + 1}`;
      const own = { ...facts, fold: String(fold + 1), bestEpoch: 20 + fold };
      // Folds share no clip.
      const test = answers("ravdess", 4, right).map((answer) => ({
        ...answer,
        clip: answer.clip.replace("/", `/${fold}-`),
      }));
      await commit(settings, place, test, own);
    }
    const [row, ...more] = await rows();
    expect(more).toEqual([]);
    expect(row!.slice(0, 4)).toEqual(["resnet", "emobox-ravdess, mean of 3 of 6 folds", "ravdess", "96"]);
    expect(row![4]).toMatch(/^\*\*25\.0\*\* \[/); // of 0%, 25% and 50%
    expect(row![8]).toBe("36 (20–22)");
  });

  it("marks what settings are chosen by", async () => {
    const corpora = ["crema-d", "ravdess", "tess"];
    const facts = { protocol: "leave-one-corpus-out", corpora, fold: "ravdess" };
    await commit(settings, "leave-one-corpus-out/resnet/seed-0/ravdess", answers("ravdess", 4, 8), facts);
    const told = (await rows()).map(([, protocol]) => protocol);
    expect(told).toEqual(["leave-one-corpus-out (for selection), mean of 1 of 3 folds"]);
  });

  it("is written between the two comment lines and nowhere else, once", async () => {
    const page = `# Title\n\n${resultsStart}\nold\n${resultsEnd}\n\nThe rest.\n`;
    writeFileSync(join(settings.root, "README.md"), page);
    expect(await writeResults(settings)).toBe(true);
    const sentence = "No result is published yet.";
    const expected = `# Title\n\n${resultsStart}\n\n${sentence}\n\n${resultsEnd}\n\nThe rest.\n`;
    expect(readFileSync(join(settings.root, "README.md"), "utf8")).toBe(expected);
    expect(await writeResults(settings)).toBe(false);
  });

  it("is refused by a page without its block", () => {
    expect(() => replaceResults("# Title\n", "table")).toThrow("README.md has no block for the results");
  });
});
