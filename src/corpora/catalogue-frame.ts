import type { DataFrame } from "danfojs-node";
import type { Clip } from "./clip.js";
import { danfo } from "./danfo.js";

/** The catalogue's columns, in order, with danfojs' types (which guesses `int32` for a column of empty texts). */
const columns = {
  clip: "string",
  corpus: "string",
  speaker: "string",
  sex: "string",
  age: "float32",
  emotion: "string",
  intensity: "string",
  sentence: "string",
  duration: "float32",
  defect: "string",
} as const;

/**
 * The catalogue as a danfojs DataFrame, a row a clip in the order given: clip (its id), corpus, speaker, sex, age (years;
 * NaN where unknown), emotion, intensity, sentence, duration (seconds), defect (what is corrected; empty for a sound clip).
 */
export function catalogueFrame(clips: readonly Clip[]): DataFrame {
  const rows = clips.map((clip) => [
    clip.id,
    clip.corpus,
    clip.speaker,
    clip.sex,
    clip.age ?? Number.NaN,
    clip.emotion,
    clip.intensity,
    clip.sentence,
    clip.duration,
    clip.defect ?? "",
  ]);
  return new (danfo().DataFrame)(rows, { columns: Object.keys(columns), dtypes: Object.values(columns) });
}
