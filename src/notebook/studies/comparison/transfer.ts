import type { ProgressListener } from "../../../core/progress.js";
import { createRandom } from "../../../core/random.js";
import type { Settings } from "../../../core/settings.js";
import type { Clip } from "../../../corpora/clip.js";
import { evaluatePredictions, type Figure } from "../../../evaluation/report.js";
import { comparePaired, type PairedDifference } from "../../../evaluation/significance.js";
import type { Split } from "../../../protocols/split.js";
import { type ClipVectors, whisperVectors } from "../../../training/baselines/clip-vectors.js";
import { fitBestOnVectors, fitOnVectors } from "../../../training/baselines/fit-baseline.js";
import { recipeFor } from "../../../training/recipes.js";

/** Of the squared coefficients, tried on clips that are kept from training, apart as those of the test are. */
const penalties = [0.01, 0.1, 1];
/** Where there are no such clips. */
const usualPenalty = 0.1;

/** What training on one corpus is worth on another. */
export interface Transfer {
  readonly trainedOn: string;
  readonly testedOn: string;
  /** Of the squared coefficients: the best on validation clips of the corpus that is trained on. */
  readonly penalty: number;
  /** Over the emotions that both corpora have. */
  readonly uar: Figure;
  readonly emotions: number;
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
 * A logistic regression on frozen vectors, trained on the training clips of each corpus, its penalty chosen on the corpus'
 * own validation clips, and tested on the test clips of every corpus: off the diagonal neither voice nor recording is known.
 * Only emotions that both corpora have count.
 */
export function transferBetweenCorpora(
  clips: readonly Clip[],
  split: Pick<Split, "train" | "validation" | "test">,
  vectors: ClipVectors,
): Transfer[] {
  const [train, validation, test] = [new Set(split.train), new Set(split.validation), new Set(split.test)];
  const corpora = [...new Set(clips.map(({ corpus }) => corpus))].sort();
  return corpora.flatMap((trainedOn) => {
    const known = clips.filter(({ corpus, id }) => corpus === trainedOn && train.has(id));
    if (known.length === 0) return [];
    const emotions = new Set(known.map(({ emotion }) => emotion));
    const held = clips.filter(({ corpus, id }) => corpus === trainedOn && validation.has(id));
    const { answer, penalty } = fitOf(vectors, known, held);
    return corpora.flatMap((testedOn) => {
      const asked = clips.filter(
        ({ corpus, id, emotion }) => corpus === testedOn && test.has(id) && emotions.has(emotion),
      );
      if (asked.length === 0) return [];
      const { uar } = evaluatePredictions(answer(asked)).all;
      const shared = new Set(asked.map(({ emotion }) => emotion)).size;
      return [{ trainedOn, testedOn, penalty, uar, emotions: shared, clips: asked.length }];
    });
  });
}

/** What a split keeps apart. */
export type Apart = "nothing (random)" | "sentences" | "speakers";

/** The same model judged on three ways to keep test clips apart. */
export interface Leak {
  readonly apart: Apart;
  readonly uar: Figure;
  readonly clips: number;
  /** Of the squared coefficients: the best on clips held out of training in the same way. */
  readonly penalty: number;
  /**
   * UAR less that with a random split, on the same clips, with its intervals by clip and by what is kept apart; null for the
   * random split itself.
   */
  readonly change: PairedDifference | null;
}

/** How many parts are held out in turn. */
const parts = 4;

/**
 * How much a split flatters: each quarter of the clips (of the sentences, of the speakers), drawn at random, is held out
 * once, and the same logistic regression learns from the other three; so every clip is tested, in all three ways. Each way's
 * penalty is chosen before, as the best on the second quarter of what is learnt from the third and fourth.
 * Deterministic for a seed. A way that there are fewer than two groups for is left out.
 */
export function demonstrateLeakage(clips: readonly Clip[], vectors: ClipVectors, seed = 42): Leak[] {
  const keys: Record<Apart, (clip: Clip) => string> = {
    "nothing (random)": ({ id }) => id,
    sentences: ({ sentence }) => sentence,
    speakers: ({ speaker }) => speaker,
  };
  const judged = (Object.keys(keys) as Apart[]).flatMap((apart) => {
    const partOf = drawParts(clips.map(keys[apart]), createRandom(seed).fork(apart));
    const drawn = [...new Set(partOf.values())];
    if (drawn.length < 2) return [];
    const inPart = (part: number) => (clip: Clip) => partOf.get(keys[apart](clip)) === part;
    const [, held = [], ...others] = drawn.map((part) => clips.filter(inPart(part)));
    const penalty = others.length === 0 ? usualPenalty : fitOf(vectors, others.flat(), held).penalty;
    const answers = drawn.flatMap((part) => {
      const isAsked = inPart(part);
      const known = clips.filter((clip) => !isAsked(clip));
      return fitOnVectors(vectors, known, penalty)(clips.filter(isAsked));
    });
    return [{ apart, penalty, answers }];
  });
  const random = judged[0]?.answers ?? [];
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  return judged.map(({ apart, penalty, answers }, i) => ({
    apart,
    uar: evaluatePredictions(answers).all.uar,
    clips: answers.length,
    penalty,
    change:
      i === 0
        ? null
        : comparePaired(random, answers, { unitOf: ({ clip }) => keys[apart](byId.get(clip)!) }).uar,
  }));
}

/** A regression on the known clips with the penalty that is best on the held ones, or the usual one where there are none. */
function fitOf(vectors: ClipVectors, known: readonly Clip[], held: readonly Clip[]) {
  return held.length === 0
    ? { answer: fitOnVectors(vectors, known, usualPenalty), penalty: usualPenalty }
    : fitBestOnVectors(vectors, known, held, penalties);
}

/** Each key's part, 0 to 3, equally many keys in each as far as they go. */
function drawParts(keys: readonly string[], random: ReturnType<typeof createRandom>): Map<string, number> {
  const shuffled = random.shuffle([...new Set(keys)].sort());
  return new Map(shuffled.map((key, i) => [key, i % parts]));
}
