import type { Emotion } from "./emotions.js";

/** One recording of one utterance: a row of the catalogue. */
export interface Clip {
  /** `<corpus>/<the corpus' own file name>` with `/` as the only separator: `crema-d/1001_DFA_ANG_XX.wav`. */
  readonly id: string;
  /** The corpus' name: `ravdess`, `crema-d`, `tess`, or that of one's own recordings. */
  readonly corpus: string;
  /** Where the file lies on this machine (absolute). */
  readonly path: string;
  /** SHA-256 of the file, hexadecimal: names its features in the cache. */
  readonly checksum: string;
  /** `<corpus>/<speaker>`, unique across corpora: `crema-d/1001`, `ravdess/07`, `tess/OAF`. */
  readonly speaker: string;
  readonly emotion: Emotion;
  readonly sentence: string;
  /** As the corpus names it: `normal`, `strong`, `low`, `medium`, `high`, `unspecified`. */
  readonly intensity: string;
  readonly sex: "female" | "male" | "unknown";
  /** Years; null where the corpus does not tell. */
  readonly age: number | null;
  /** Seconds. */
  readonly duration: number;
  /** What is wrong with the file and was corrected, with the reason; null for a sound clip. Excluded clips are no clips. */
  readonly defect: string | null;
}
