import type { ProgressListener } from "../../../core/progress.js";
import { createRandom } from "../../../core/random.js";
import type { Settings } from "../../../core/settings.js";
import type { Clip } from "../../../corpora/clip.js";
import { evaluatePredictions, type Figure } from "../../../evaluation/report.js";
import type { Split } from "../../../protocols/split.js";
import { type ClipVectors, whisperVectors } from "../../../training/baselines/clip-vectors.js";
import { fitOnVectors } from "../../../training/baselines/fit-baseline.js";
import { recipeFor } from "../../../training/recipes.js";

/** Of the squared coefficients: the best on validation for the row `baseline-whisper`. */
const penalty = 0.1;

/** What training on one corpus is worth on another. */
export interface Transfer {
  readonly trainedOn: string;
  readonly testedOn: string;
  /** Over the emotions that both corpora have. */
  readonly uar: Figure;
  readonly clips: number;
}

/** Frozen Whisper's vector of every clip, as the row `baseline-whisper` has it: cached, minutes the first time. */
export async function frozenVectors(
  clips: readonly Clip[],
  settings: Settings,
  onProgress?: ProgressListener,
): Promise<ClipVectors> {
  const { features, options } = recipeFor("whisper", settings.profile);
  return await whisperVectors(clips, options.size as string, features, { settings, onProgress });
}

/**
 * A logistic regression on frozen vectors, trained on the training clips of each corpus and tested on the test clips of
 * every corpus: off the diagonal neither voice nor recording is known. Only emotions that both corpora have count.
 */
export function transferBetweenCorpora(
  clips: readonly Clip[],
  split: Pick<Split, "train" | "test">,
  vectors: ClipVectors,
): Transfer[] {
  const [train, test] = [new Set(split.train), new Set(split.test)];
  const corpora = [...new Set(clips.map(({ corpus }) => corpus))].sort();
  return corpora.flatMap((trainedOn) => {
    const known = clips.filter(({ corpus, id }) => corpus === trainedOn && train.has(id));
    if (known.length === 0) return [];
    const emotions = new Set(known.map(({ emotion }) => emotion));
    const answer = fitOnVectors(vectors, known, penalty);
    return corpora.flatMap((testedOn) => {
      const asked = clips.filter(
        ({ corpus, id, emotion }) => corpus === testedOn && test.has(id) && emotions.has(emotion),
      );
      if (asked.length === 0) return [];
      return [{ trainedOn, testedOn, uar: evaluatePredictions(answer(asked)).all.uar, clips: asked.length }];
    });
  });
}

/** What a split keeps apart. */
export type Apart = "nothing (random)" | "sentences" | "speakers";

/** The same model judged on three ways to hold a quarter of the clips out. */
export interface Leak {
  readonly apart: Apart;
  readonly uar: Figure;
  readonly clips: number;
}

/**
 * How much a split flatters: a quarter of the clips (of the sentences, of the speakers) is held out at random, and the same
 * logistic regression learns from the rest. Deterministic for a seed.
 */
export function demonstrateLeakage(clips: readonly Clip[], vectors: ClipVectors, seed = 42): Leak[] {
  const keys: Record<Apart, (clip: Clip) => string> = {
    "nothing (random)": ({ id }) => id,
    sentences: ({ sentence }) => sentence,
    speakers: ({ speaker }) => speaker,
  };
  return (Object.keys(keys) as Apart[]).map((apart) => {
    const held = holdOut(clips, keys[apart], createRandom(seed).fork(apart));
    const [rest, asked] = [false, true].map((isHeld) => clips.filter((clip) => held.has(clip.id) === isHeld));
    const answers = fitOnVectors(vectors, rest!, penalty)(asked!);
    return { apart, uar: evaluatePredictions(answers).all.uar, clips: answers.length };
  });
}

/** The clips of a quarter of the keys, at least one key, never all. */
function holdOut(
  clips: readonly Clip[],
  keyOf: (clip: Clip) => string,
  random: ReturnType<typeof createRandom>,
): Set<string> {
  const keys = random.shuffle([...new Set(clips.map(keyOf))].sort());
  const held = new Set(keys.slice(0, Math.max(1, Math.round(keys.length / 4))));
  return new Set(clips.filter((clip) => held.has(keyOf(clip))).map(({ id }) => id));
}
