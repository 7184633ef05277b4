import { decodeFile } from "../audio/decode-file.js";
import { LabError } from "../core/errors.js";
import { sha256OfFile } from "../core/hash.js";
import { extractFeatures } from "./extract.js";
import type { FeatureSpec, Features } from "./feature-spec.js";

/** What a worker thread is asked for. */
export interface FeatureTask {
  readonly path: string;
  /** SHA-256 that the file must have, or the features would be filed under a name that is not theirs. */
  readonly checksum: string;
  readonly spec: FeatureSpec;
}

/** What it answers: features, or what is wrong with the clip (an error's class does not cross threads). */
export type FeatureAnswer = { readonly features: Features } | { readonly problem: string };

/** Runs in a worker thread: decodes one file and computes its features. */
export default async function computeFeatures(task: FeatureTask): Promise<FeatureAnswer> {
  try {
    const wave = await decodeFile(task.path);
    if ((await sha256OfFile(task.path)) !== task.checksum) {
      return { problem: `${task.path} has changed since the catalogue was made. Verify its corpus.` };
    }
    return { features: extractFeatures(wave, task.spec) };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const named = error.message.includes(task.path);
    return { problem: named ? error.message : `${task.path}: ${error.message}` };
  }
}
