import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Prediction } from "../../src/evaluation/prediction.js";
import { readPredictions } from "../../src/evaluation/predictions-file.js";

const folder = join(__dirname, "..", "goldens", "evaluation");

type Scores = { accuracy: number; uar: number; macroF1: number };
type Interval = [number, number];

/** What scripts/goldens/evaluation.py wrote. */
export const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as {
  confusion: number[][];
  all: Scores;
  "crema-d": Scores;
  second: Scores;
  classes: { emotion: string; precision: number; recall: number; f1: number; support: number }[];
  intervals: Record<"clip" | "speaker", Record<keyof Scores, Interval>>;
  calibrationError: number;
  loss: number;
  temperature: number;
  stacking: { penalty: number; objective: number; first: number[][] }[];
  discordant: [number, number];
  mcnemar: { statistic: number | null; pValue: number };
  mcnemarTable: { counts: [number, number]; statistic: number | null; pValue: number }[];
};

export const goldenPath = (run: "first" | "second"): string => join(folder, `${run}.csv`);
export const goldenRun = (run: "first" | "second"): Promise<Prediction[]> => readPredictions(goldenPath(run));

/** A prediction that is sure of its decision. */
export function prediction(
  clip: string,
  speaker: string,
  emotion: Prediction["emotion"],
  predicted: Prediction["predicted"],
): Prediction {
  const order = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"];
  const probabilities = order.map((name) => (name === predicted ? 1 : 0));
  const corpus = clip.slice(0, clip.indexOf("/"));
  return { clip, corpus, speaker: `${corpus}/${speaker}`, emotion, predicted, probabilities };
}
