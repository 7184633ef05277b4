import type { Settings } from "../core/settings.js";
import { listPublished, type PublishedResult } from "./published.js";

/** A run that leaves one thing out of a row, or changes it, to see what it is worth. */
export interface Ablation {
  /** Its folder in results/: `affectlab publish --as NAME --no-weights`. */
  readonly name: string;
  /** The row that it is held against. */
  readonly of: string;
  readonly question: string;
  /** What `affectlab train` is given. */
  readonly changes: readonly string[];
}

/** The row that the questions are put to: the best single one on new voices, and minutes to train. */
const of = "whisper-tiny.en";

/** What single choices of its recipe are worth; all on new voices. */
export const ablations: readonly Ablation[] = [
  {
    name: "whisper-tiny.en-no-augmentation",
    of,
    question: "without augmentation, mixup and varied copies",
    changes: ["training.augmentation=null", "training.mixup.share=0", "training.variedCopies=null"],
  },
  {
    name: "whisper-tiny.en-cropping",
    of,
    question: "with a random stretch of each clip, half of it or more",
    changes: ["training.augmentation.crop=0.5"],
  },
  {
    name: "whisper-tiny.en-class-weights",
    of,
    question: "with class weights",
    changes: ["training.classWeights=balanced"],
  },
  {
    name: "whisper-tiny.en-no-trimming",
    of,
    question: "without trimming silence",
    changes: ["features.trimDecibels=null"],
  },
  {
    name: "whisper-tiny.en-one-block",
    of,
    question: "one block tuned, not two",
    changes: ["options.tunedBlocks=1"],
  },
  {
    name: "whisper-tiny.en-four-blocks",
    of,
    question: "all four blocks tuned",
    changes: ["options.tunedBlocks=4"],
  },
];

/** The commands that make an ablation's result. */
export function commandForAblation({ name, of, changes }: Ablation): string {
  const set = changes.map((change) => ` --set ${change}`).join("");
  return `affectlab train ${of} --protocol speaker-independent --profile full${set}, then affectlab publish RUN --as ${name} --no-weights`;
}

/** The committed result of an ablation and of its row, seed 0 on new voices; undefined where there is none. */
export async function publishedAblation(
  { name, of }: Ablation,
  settings: Settings,
): Promise<{ readonly own: PublishedResult | undefined; readonly row: PublishedResult | undefined }> {
  const results = await listPublished(settings);
  const at = (row: string) => results.find(({ place }) => place === `speaker-independent/${row}/seed-0`);
  return { own: at(name), row: at(of) };
}
