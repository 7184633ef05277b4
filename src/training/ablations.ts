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

/** What is worth knowing, the cheapest first; all on new voices. */
export const ablations: readonly Ablation[] = [
  {
    name: "resnet-no-augmentation",
    of: "resnet",
    question: "without augmentation and mixup",
    changes: ["training.augmentation=null", "training.mixup.share=0"],
  },
  {
    name: "resnet-class-weights",
    of: "resnet",
    question: "with class weights",
    changes: ["training.classWeights=balanced"],
  },
  {
    name: "resnet-no-trimming",
    of: "resnet",
    question: "without trimming silence",
    changes: ["features.trimDecibels=null"],
  },
  {
    name: "whisper-one-block",
    of: "whisper",
    question: "one block tuned",
    changes: ["options.tunedBlocks=1"],
  },
  {
    name: "whisper-two-blocks",
    of: "whisper",
    question: "two blocks tuned",
    changes: ["options.tunedBlocks=2"],
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
