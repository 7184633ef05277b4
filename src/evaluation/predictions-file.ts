import { stringify } from "csv-stringify/sync";
import { LabError } from "../core/errors.js";
import { readFileIfThere, writeFileAtomic } from "../core/files.js";
import { parseTable } from "../core/parse-table.js";
import { type Emotion, emotions } from "../corpora/emotions.js";
import type { Prediction } from "./prediction.js";
import { checkPrediction } from "./prediction-checks.js";

/** The columns of predictions.csv, in their order. */
export const predictionColumns: readonly string[] = [
  "clip",
  "corpus",
  "speaker",
  "emotion",
  "predicted",
  ...emotions.map((emotion) => `p_${emotion}`),
];

/**
 * Writes predictions.csv: one row a clip, in the order given, probabilities with six decimals, atomically.
 * Throws LabError naming the clip when a prediction is not valid or a clip comes twice; nothing is written then.
 */
export async function writePredictions(path: string, predictions: readonly Prediction[]): Promise<void> {
  const clips = new Set<string>();
  const rows = predictions.map((prediction) => {
    checkPrediction(prediction, `${path} was not written: ${prediction.clip}`);
    if (clips.has(prediction.clip))
      throw new LabError(
        `${path} was not written: ${prediction.clip} comes twice.`,
        "Give every clip one prediction.",
      );
    clips.add(prediction.clip);
    const { clip, corpus, speaker, emotion, predicted, probabilities } = prediction;
    return [clip, corpus, speaker, emotion, predicted, ...probabilities.map((value) => value.toFixed(6))];
  });
  await writeFileAtomic(path, stringify([[...predictionColumns], ...rows]));
}

/**
 * Reads predictions.csv. Throws LabError naming the file and line when the header is another one, a row has
 * missing or surplus fields, a label is no emotion, probabilities do not sum to 1 within 1e-4, the decision is
 * not the argmax, or a clip comes twice.
 */
export async function readPredictions(path: string): Promise<Prediction[]> {
  const text = await readFileIfThere(path);
  if (text === null) throw new LabError(`There is no file ${path}.`, "Check the path.");
  const { rows } = parseTable(text, path, predictionColumns, "Restore the file or evaluate again.");
  const clips = new Set<string>();
  return rows.map(({ fields, line }) => {
    const where = `${path}, line ${line}`;
    const [clip, corpus, speaker, emotion, predicted, ...values] = fields as [
      string,
      string,
      string,
      ...Emotion[],
    ];
    // An empty field is Number("") = 0: it must not pass for a probability.
    const probabilities = values.map((value: string) => (value.trim() === "" ? Number.NaN : Number(value)));
    const prediction: Prediction = {
      clip,
      corpus,
      speaker,
      emotion: emotion!,
      predicted: predicted!,
      probabilities,
    };
    checkPrediction(prediction, where);
    if (clips.has(clip))
      throw new LabError(`${where}: ${clip} comes twice.`, "Every clip has one prediction.");
    clips.add(clip);
    return prediction;
  });
}
