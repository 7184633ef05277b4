import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { packageRoot } from "../../src/core/settings.js";
import { readPredictions } from "../../src/evaluation/predictions-file.js";
import { parseModelCard } from "../../src/inference/model-card.js";
import { readHistory } from "../../src/training/history.js";
import { listPublished } from "../../src/training/published.js";
import { readMetrics } from "../../src/training/read-metrics.js";
import { listRuns, runFiles } from "../../src/training/run-store.js";
import { temporaryFolder } from "../temporary-folder.js";
import { temporarySettings } from "./toy.js";

const result = join(packageRoot, "results", "speaker-independent", "resnet", "seed-0");
const card = join(packageRoot, "models", "resnet", "speaker-independent", "card.json");
const textOf = (path: string): string => readFileSync(path, "utf8");

/** A whole JSON file, or a table's first rows: enough to be damaged, and quick to read. */
const beginningOf = (path: string): string =>
  path.endsWith(".csv") ? textOf(path).split("\n").slice(0, 20).join("\n") : textOf(path);

/** A text with a stretch of it replaced: a number, a name, a quotation mark, nothing. */
const damaged = (text: string) =>
  fc
    .record({
      start: fc.nat(Math.min(text.length, 4000)),
      length: fc.nat(40),
      by: fc.oneof(
        fc.constantFrom("", "null", "1e999", "-1", '"', ",", "{}", "[]", "\n"),
        fc.string({ maxLength: 4 }),
      ),
    })
    .map(({ start, length, by }) => text.slice(0, start) + by + text.slice(start + length));

async function valueOrRefusal<T>(read: () => T | Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    expect(error).toBeInstanceOf(LabError);
    return null;
  }
}

describe("a damaged file of a result", () => {
  const folder = temporaryFolder("damaged");
  const path = join(folder, "file");
  const eachDamaged = (original: string, judge: () => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(damaged(beginningOf(original)), async (text) => {
        writeFileSync(path, text);
        await judge();
      }),
      { numRuns: 60 },
    );

  it("history.csv gives numbers, or a LabError", () =>
    eachDamaged(join(result, "history.csv"), async () => {
      for (const record of (await valueOrRefusal(() => readHistory(path))) ?? [])
        for (const value of Object.values(record))
          expect(value === null || Number.isFinite(value)).toBe(true);
    }));

  it("metrics.json gives its figures, or a LabError", () =>
    eachDamaged(join(result, "metrics.json"), async () => {
      const metrics = await valueOrRefusal(() => readMetrics(path));
      if (metrics !== null) expect(Number.isFinite(metrics.test.all!.uar.value)).toBe(true);
    }));

  it("predictions.csv gives probabilities, or a LabError", () =>
    eachDamaged(join(result, "predictions.csv"), async () => {
      for (const { probabilities } of (await valueOrRefusal(() => readPredictions(path))) ?? [])
        expect(probabilities.every((value) => value >= 0 && value <= 1)).toBe(true);
    }));

  it("card.json gives a card, or a LabError", () =>
    eachDamaged(card, async () => {
      await valueOrRefusal(async () => {
        let value: unknown;
        try {
          value = JSON.parse(textOf(path));
        } catch {
          return; // readJson refuses it
        }
        expect(parseModelCard(value, path).temperature).toBeGreaterThan(0);
      });
    }));
});

describe("a file of a result that holds something else", () => {
  it.each(["[]", "5", '"text"', "{}", '{"spec":5}', "null"])(
    "such as %s is refused, or left out of lists",
    async (text) => {
      const settings = temporarySettings();
      const { spec, folder } = runFiles("0".repeat(16), settings);
      mkdirSync(folder, { recursive: true });
      writeFileSync(spec, text);
      expect(await listRuns(settings)).toEqual([]);
      const published = join(settings.root, "results", "combined", "resnet", "seed-0", "metrics.json");
      mkdirSync(dirname(published), { recursive: true });
      cpSync(join(result, "metrics.json"), published);
      expect(await listPublished(settings)).toHaveLength(1);
      writeFileSync(published, text);
      await expect(listPublished(settings)).rejects.toThrow(LabError);
    },
  );
});
