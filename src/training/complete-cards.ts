import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LabError } from "../core/errors.js";
import { readFileIfThere, readJson, writeFileAtomic, writeJson } from "../core/files.js";
import { readPredictions } from "../evaluation/predictions-file.js";
import { type ConfidenceFigures, confidenceFigures } from "../evaluation/unsure.js";
import { type cardOf, termsOf } from "./card.js";
import { cardReadme } from "./card-readme.js";
import { measuredLimits } from "./measured-limits.js";
import { readMetrics } from "./read-metrics.js";

type Card = ReturnType<typeof cardOf>;

/** A card under models/, perhaps of a time before some of its fields were. */
type WrittenCard = Omit<Card, "unsureBelow" | "calibrationError" | "intendedUse"> & Partial<Card>;

/** A card as it has to be by what results/ holds, and README.md that tells people the same. */
export interface CompletedCard {
  /** The path of card.json. */
  readonly path: string;
  readonly card: Card;
  readonly readme: string;
}

/**
 * Writes every card under models/ anew with what `completedCards` finds, and README.md beside it, where they differ.
 * Returns the files whose content changed. Throws as that does, before anything is written.
 */
export async function completeCards(root: string): Promise<string[]> {
  const changed: string[] = [];
  for (const { path, card, readme } of await completedCards(root)) {
    if (JSON.stringify(await readJson(path)) !== JSON.stringify(card)) {
      await writeJson(path, card);
      changed.push(path);
    }
    const beside = join(dirname(path), "README.md");
    if ((await readFileIfThere(beside)) !== readme) {
      await writeFileAtomic(beside, readme);
      changed.push(beside);
    }
  }
  return changed;
}

/**
 * Every card under models/ with the threshold of `unsure` and the calibration error computed anew from the predictions in
 * results/ (the temperature stays), with its intended use, and with what results/ has measured among its limits. Throws
 * LabError where a card's predictions are not there.
 */
export async function completedCards(root: string): Promise<CompletedCard[]> {
  const entries = await readdir(join(root, "models"), { recursive: true });
  const paths = entries.filter((name) => /^[^/\\]+[/\\][^/\\]+[/\\]card\.json$/.test(name)).sort();
  const completed: CompletedCard[] = [];
  for (const path of paths.map((entry) => join(root, "models", entry))) {
    const card = await completedCard(root, path);
    completed.push({ path, card, readme: cardReadme(card) });
  }
  return completed;
}

async function completedCard(root: string, path: string): Promise<Card> {
  const card = (await readJson(path)) as WrittenCard;
  const folder = join(root, "results", card.protocol, card.name, `seed-${card.seed}`);
  const metrics = await readMetrics(join(folder, "metrics.json"));
  if (metrics?.specHash !== card.specHash) {
    throw new LabError(`${folder} does not hold the predictions of ${path}.`, "Publish the run again.");
  }
  const [validation, test] = await Promise.all([
    readPredictions(join(folder, "predictions-validation.csv")),
    readPredictions(join(folder, "predictions.csv")),
  ]);
  const figures = confidenceFigures(validation, test, card.temperature);
  const measured = await measuredLimits(root, card.name, metrics.spec, test);
  const { intendedUse, limits } = termsOf(Object.keys(card.data.corpora), measured);
  return inOrder(card, figures, { intendedUse, limits });
}

/** The card's fields with the new ones where `publish` writes them: figures before `weightsPrecision`, terms at the end. */
function inOrder(
  { temperature, unsureBelow, calibrationError, intendedUse, limits, ...others }: WrittenCard,
  figures: ConfidenceFigures,
  terms: Pick<Card, "intendedUse" | "limits">,
): Card {
  const before = Object.entries(others).flatMap(([key, value]) =>
    key === "weightsPrecision" ? [...Object.entries(figures), [key, value]] : [[key, value]],
  );
  return { ...(Object.fromEntries(before) as Omit<Card, keyof typeof terms>), ...terms };
}
