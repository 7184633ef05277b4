import { LabError } from "../core/errors.js";
import type { Clip } from "./clip.js";

/** What a file's name tells of its recording. */
export interface ClipFacts {
  /** The corpus' own name of the speaker: `07`, `1001`, `OAF`. */
  readonly speaker: string;
  readonly emotion: Clip["emotion"];
  readonly sentence: string;
  readonly intensity: string;
  readonly sex: Clip["sex"];
  readonly age: number | null;
}

/** A file that is not what its name promises. */
export interface Defect {
  /** The corpus' own file name. */
  readonly file: string;
  /** An excluded file is no clip; a corrected one is a clip whose `defect` tells what is corrected on decoding. */
  readonly treatment: "excluded" | "corrected";
  /** What is wrong, and why it is treated so. */
  readonly reason: string;
}

/** Everything the laboratory knows of one corpus; adding a corpus is one such file and one line in the registry. */
export interface CorpusDefinition {
  /** Lower case, as it stands in clip ids, results and folders: `crema-d`. */
  readonly name: string;
  readonly title: string;
  /** Where the publisher has it. */
  readonly url: string;
  readonly licence: string;
  /** As the publisher asks to be cited. */
  readonly citation: string;
  /** True for a corpus without data/checksums/<name>.sha256: its files are taken as they are, like one's own. */
  readonly unlisted?: true;
  /** How many recordings the publisher lists. */
  readonly fileCount: number;
  /** Recordings without which the corpus still counts as complete. */
  readonly optionalFiles: readonly string[];
  /** Tables of the corpus that are kept beside the recordings when they are at hand. */
  readonly metadataFiles: readonly string[];
  readonly defects: readonly Defect[];
  /** Whether a file name (without folders) has the form of this corpus' names. Never throws. */
  recognises(fileName: string): boolean;
  /** Reads a file name (without folders). Throws LabError naming the part that it does not know. */
  parse(fileName: string): ClipFacts;
  /** Where the file lies in the corpus' own layout, relative to the corpus' folder, with `/` as separator. */
  place(fileName: string): string;
}

/** The value of a code in a file name. Throws LabError naming file, field and code when the table has none. */
export function decodeField<Value>(
  table: Readonly<Record<string, Value>>,
  code: string,
  field: string,
  fileName: string,
): Value {
  if (!Object.hasOwn(table, code)) {
    throw new LabError(
      `${fileName}: "${code}" is not a known ${field}.`,
      `Known are ${Object.keys(table).join(", ")}; rename the file or leave it out.`,
    );
  }
  return table[code] as Value;
}

/** The parts of a file name that a pattern captures. Throws LabError when the name does not have that form. */
export function matchName(pattern: RegExp, fileName: string, form: string): readonly string[] {
  const match = pattern.exec(fileName);
  if (match === null) {
    throw new LabError(
      `"${fileName}" is not a file name of the form ${form}.`,
      "Give the file its own name again, or leave it out.",
    );
  }
  return match.slice(1);
}

/** What is known to be wrong with a file; undefined for a sound one. */
export function defectOf(corpus: CorpusDefinition, fileName: string): Defect | undefined {
  return corpus.defects.find((defect) => defect.file === fileName);
}
