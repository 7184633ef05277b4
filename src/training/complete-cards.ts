import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LabError } from "../core/errors.js";
import { readFileIfThere, readJson, writeFileAtomic, writeJson } from "../core/files.js";
import { readPredictions } from "../evaluation/predictions-file.js";
import { type ConfidenceFigures, confidenceFigures } from "../evaluation/unsure.js";
import type { cardOf } from "./card.js";
import { cardReadme } from "./card-readme.js";
import { readMetrics } from "./read-metrics.js";

/** A card, perhaps of a time before these figures. */
type Card = Omit<ReturnType<typeof cardOf>, "unsureBelow" | "calibrationError"> &
  Partial<ConfidenceFigures> & { temperature: number };

/**
 * Computes the threshold of `unsure` and the calibration error of every card under models/ anew from the predictions in
 * results/, for cards that were written before these figures were; the temperature stays. Writes README.md beside each
 * from what the card then says. Returns the files whose content changed. Throws LabError where a card's predictions are
 * not there.
 */
export async function completeCards(root: string): Promise<string[]> {
  const entries = await readdir(join(root, "models"), { recursive: true });
  const changed: string[] = [];
  for (const entry of entries.filter((name) => /^[^/\\]+[/\\][^/\\]+[/\\]card\.json$/.test(name)).sort()) {
    const path = join(root, "models", entry);
    const card = (await readJson(path)) as Card;
    const folder = join(root, "results", card.protocol, card.name, `seed-${card.seed}`);
    const metrics = await readMetrics(join(folder, "metrics.json"));
    if (metrics?.specHash !== card.specHash) {
      throw new LabError(`${folder} does not hold the predictions of ${path}.`, "Publish the run again.");
    }
    const [validation, test] = await Promise.all([
      readPredictions(join(folder, "predictions-validation.csv")),
      readPredictions(join(folder, "predictions.csv")),
    ]);
    const { temperature, unsureBelow, calibrationError, ...others } = card;
    const figures = confidenceFigures(validation, test, temperature);
    if (unsureBelow !== figures.unsureBelow || calibrationError?.after !== figures.calibrationError.after) {
      await writeJson(path, withFigures(others, figures));
      changed.push(path);
    }
    const readme = join(dirname(path), "README.md");
    const text = cardReadme({ ...card, ...figures });
    if ((await readFileIfThere(readme)) !== text) {
      await writeFileAtomic(readme, text);
      changed.push(readme);
    }
  }
  return changed;
}

/** The card's fields with the figures where `publish` writes them: before `weightsPrecision`. */
function withFigures(others: object, figures: ConfidenceFigures): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(others).flatMap(([key, value]) =>
      key === "weightsPrecision" ? [...Object.entries(figures), [key, value]] : [[key, value]],
    ),
  );
}
