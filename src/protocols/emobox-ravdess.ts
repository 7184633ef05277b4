/**
 * `emobox-ravdess`: RAVDESS in six folds by actor. Each tests on the four actors that EmoBox tests on (Ma et al.,
 * Interspeech 2024) and validates on those of the next fold (the last on the first's); the other sixteen train. EmoBox
 * validates on a random part of the other twenty's clips instead. Results are the mean over folds.
 */
import type { Clip } from "../corpora/clip.js";
import type { Part } from "./parts.js";

const testActors = [
  [1, 11, 20, 21],
  [4, 10, 12, 14],
  [8, 9, 19, 23],
  [3, 5, 7, 24],
  [2, 15, 16, 18],
  [6, 13, 17, 22],
] as const;

/** The folds' names, `1` to `6`. */
export const emoboxFolds: readonly string[] = testActors.map((_, index) => String(index + 1));

/** The part of each RAVDESS clip in a fold; clips of other corpora belong to none. */
export function drawEmoboxRavdess(clips: readonly Clip[], fold: string): Map<string, Part> {
  const index = emoboxFolds.indexOf(fold);
  const test: readonly number[] = testActors[index] as readonly number[];
  const validation: readonly number[] = testActors[(index + 1) % testActors.length] as readonly number[];
  const partOf = (speaker: string): Part => {
    const actor = Number(speaker.slice("ravdess/".length));
    return test.includes(actor) ? "test" : validation.includes(actor) ? "validation" : "train";
  };
  return new Map(
    clips.filter((clip) => clip.corpus === "ravdess").map((clip) => [clip.id, partOf(clip.speaker)]),
  );
}
