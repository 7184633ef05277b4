import type { ProgressListener } from "../../core/progress.js";
import type { Settings } from "../../core/settings.js";
import type { Clip } from "../../corpora/clip.js";
import { cachedFeatures } from "../../features/cache.js";
import type { FeatureSpec, Features } from "../../features/feature-spec.js";
import { featureStatistics } from "../../features/statistics.js";
import { whisperStatistics } from "../../models/whisper-statistics.js";
import { frozenFeatures } from "../frozen-block-cache.js";

export interface VectorOptions {
  readonly settings: Settings;
  readonly onProgress?: ProgressListener | undefined;
  readonly stop?: { readonly requested: boolean } | undefined;
}

/** One vector a clip, by clip id. */
export type ClipVectors = ReadonlyMap<string, Float32Array>;

/** The mean and the deviation over frames of each of a clip's features: [2 × bands]. */
export async function statisticsVectors(
  clips: readonly Clip[],
  features: FeatureSpec,
  { settings, onProgress, stop }: VectorOptions,
): Promise<ClipVectors> {
  const found = await cachedFeatures(clips, features, { home: settings.home, onProgress, stop });
  return mapValues(found, featureStatistics);
}

/**
 * The mean and the deviation over frames of the three upper blocks of a frozen Whisper encoder, [6 × channels]: 3,072
 * numbers a clip for base. Computed once (about 20 clips a second on two cores) and kept in the store.
 */
export async function whisperVectors(
  clips: readonly Clip[],
  size: string,
  features: FeatureSpec,
  { settings, onProgress, stop }: VectorOptions,
): Promise<ClipVectors> {
  const cache = { home: settings.home, onProgress, stop };
  return mapValues(
    await frozenFeatures(clips, features, whisperStatistics(size), cache),
    ({ values }) => values,
  );
}

function mapValues(
  found: ReadonlyMap<string, Features>,
  toVector: (features: Features) => Float32Array,
): ClipVectors {
  return new Map([...found].map(([id, features]) => [id, toVector(features)]));
}
