import { join } from "node:path";
import { removeAbandonedParts } from "../core/abandoned-parts.js";
import { InterruptedError } from "../core/errors.js";
import { writeFileAtomic } from "../core/files.js";
import { singleToHalf } from "../core/half-precision.js";
import { specHash } from "../core/hash.js";
import { type ProgressListener, trackProgress } from "../core/progress.js";
import { type CacheItem, cachedFeatures } from "../features/cache.js";
import { decodeHalfEntry, encodeHalfEntry, readEntry } from "../features/cache-entry.js";
import { forEachLimited } from "../features/concurrency.js";
import type { FeatureSpec, Features } from "../features/feature-spec.js";
import { featureVersion } from "../features/feature-version.js";
import type { SoundVariation } from "../features/sound-variation.js";
import { type FrontEnd, throughFrontEnd } from "../models/pretrained.js";
import { readFrontEnd } from "./run-model.js";

export interface FrozenCacheOptions {
  /** The store's folder; entries go to `frozen/` in it. */
  readonly home: string;
  /** Takes a varied copy of every clip instead of the clip itself. */
  readonly variation?: SoundVariation | undefined;
  readonly onProgress?: ProgressListener | undefined;
  /** Asks for an end after the clip in progress; what was computed stays. */
  readonly stop?: { readonly requested: boolean } | undefined;
}

/** Raised when the code of front ends changes what they give, so that old entries are not taken for new ones. */
const frozenVersion = 1;

const readsAtOnce = 32;
const writesAtOnce = 16;

/**
 * The folder of a front end's entries: its name, the checksum of its weights, the features it is given and the variation
 * of the sounds name it.
 */
export function frozenFolder(
  home: string,
  spec: FeatureSpec,
  { frontEnd, file }: FrontEnd,
  variation?: SoundVariation,
): string {
  const weights = file?.sha256 ?? null;
  const key = { frozenVersion, featureVersion, frontEnd, weights, spec, ...(variation && { variation }) };
  return join(home, "frozen", specHash(key));
}

/**
 * What the frozen part of a pretrained network gives for every clip, by id: [frames, channels] in float16, read from the
 * cache, the missing ones computed and kept. A training step then starts behind the frozen part, which is the same in
 * every epoch. Entries are written whole or not at all, so the work may be interrupted and gone on with, and several
 * processes may share the cache.
 *
 * Throws LabError when the weights are not at hand or a clip cannot be decoded, InterruptedError when `stop` was
 * requested.
 */
export async function frozenFeatures(
  items: readonly CacheItem[],
  spec: FeatureSpec,
  pretrained: FrontEnd,
  { home, variation, onProgress, stop }: FrozenCacheOptions,
): Promise<Map<string, Features>> {
  const folder = frozenFolder(home, spec, pretrained, variation);
  const byChecksum = new Map(items.map((item) => [item.checksum, item]));
  const found = new Map<string, Features>();
  const missing: CacheItem[] = [];
  await removeAbandonedParts(folder);
  await forEachLimited([...byChecksum.values()], readsAtOnce, async (item) => {
    const entry = await readEntry(entryPath(folder, item.checksum), decodeHalfEntry);
    if (entry === null) missing.push(item);
    else found.set(item.checksum, entry);
  });
  if (missing.length > 0) {
    const features = await cachedFeatures(missing, spec, { home, variation, onProgress, stop });
    const frontEnd = await readFrontEnd(pretrained, home);
    const progress = trackProgress(`frozen blocks (${pretrained.frontEnd})`, missing.length, onProgress);
    try {
      // One clip is computed at a time; while its entry is flushed to the disk the next ones are.
      await forEachLimited(missing, writesAtOnce, async ({ id, checksum }) => {
        await new Promise(setImmediate); // lets a stop button through
        if (stop?.requested === true) {
          const counts = `${found.size} of ${byChecksum.size}`;
          throw new InterruptedError(
            `Computing the frozen blocks was interrupted (${counts} ready).`,
            "Run again to go on.",
          );
        }
        const { values, frames, bands } = throughFrontEnd(frontEnd, features.get(id)!);
        features.delete(id);
        const bytes = encodeHalfEntry(singleToHalf(values), frames, bands);
        await writeFileAtomic(entryPath(folder, checksum), bytes);
        found.set(checksum, decodeHalfEntry(bytes)!);
        progress.advance();
      });
    } finally {
      frontEnd.dispose();
    }
  }
  return new Map(items.map(({ id, checksum }) => [id, found.get(checksum)!]));
}

function entryPath(folder: string, checksum: string): string {
  return join(folder, checksum.slice(0, 2), `${checksum}.f16`);
}
