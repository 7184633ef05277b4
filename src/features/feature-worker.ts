import { decodeAudio } from "../audio/decode.js";
import { readAudioFile } from "../audio/decode-file.js";
import { type FileProblem, problemWith } from "../core/errors.js";
import { sha256 } from "../core/hash.js";
import { extractFeatures } from "./extract.js";
import type { FeatureSpec, Features } from "./feature-spec.js";
import { type SoundVariation, varyClip } from "./sound-variation.js";

/** What a worker thread is asked for. */
export interface FeatureTask {
  readonly path: string;
  /** SHA-256 that the file must have, or the features would be filed under a name that is not theirs. */
  readonly checksum: string;
  readonly spec: FeatureSpec;
  /** Describes a varied copy of the sound. */
  readonly variation?: SoundVariation | undefined;
}

/** What it answers: features, or what is wrong with the clip. */
export type FeatureAnswer = { readonly features: Features } | FileProblem;

/** Runs in a worker thread: decodes one file and computes its features. */
export default async function computeFeatures(task: FeatureTask): Promise<FeatureAnswer> {
  const { path, checksum, spec, variation } = task;
  try {
    const bytes = await readAudioFile(path);
    if (sha256(bytes) !== checksum) {
      return { problem: `${path} has changed since the catalogue was made. Verify its corpus.` };
    }
    const wave = await decodeAudio(bytes, path);
    const samples = variation === undefined ? wave.samples : varyClip(wave.samples, checksum, variation);
    return { features: extractFeatures({ ...wave, samples }, spec) };
  } catch (error) {
    return problemWith(path, error);
  }
}
