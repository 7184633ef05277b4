import { join } from "node:path";
import { removeAbandonedParts } from "../core/abandoned-parts.js";
import { InterruptedError, LabError } from "../core/errors.js";
import { writeFileAtomic } from "../core/files.js";
import { specHash } from "../core/hash.js";
import { type ProgressListener, trackProgress } from "../core/progress.js";
import { decodeEntry, encodeEntry, readEntry } from "./cache-entry.js";
import { forEachLimited } from "./concurrency.js";
import { openFeaturePool } from "./feature-pool.js";
import type { FeatureSpec, Features } from "./feature-spec.js";
import { featureVersion } from "./feature-version.js";
import type { SoundVariation } from "./sound-variation.js";

/** A clip as the cache sees it; `checksum` is the file's SHA-256 and names its entry. */
export interface CacheItem {
  readonly id: string;
  readonly path: string;
  readonly checksum: string;
}

export interface CacheOptions {
  /** The store's folder; entries go to `features/` in it. */
  readonly home: string;
  /** Worker threads; by default one a core. */
  readonly workers?: number | undefined;
  /** Describes a varied copy of every clip instead of the clip itself; copies have a folder of their own. */
  readonly variation?: SoundVariation | undefined;
  readonly onProgress?: ProgressListener | undefined;
  /** Asks for an end after the clips in progress; what was computed stays. */
  readonly stop?: { readonly requested: boolean } | undefined;
}

/** Files read at once: enough to hide a disk's latency, few enough for any limit on open files. */
const readsAtOnce = 32;

/** The folder of a spec's entries, `<home>/features/<hash of the spec, the variation if any, and of featureVersion>`. */
export function featureFolder(home: string, spec: FeatureSpec, variation?: SoundVariation): string {
  return join(home, "features", specHash({ featureVersion, spec, ...(variation && { variation }) }));
}

/** Where a clip's entry lies: `<folder>/<first two digits of checksum>/<checksum>.f32`. */
export function entryPath(folder: string, checksum: string): string {
  return join(folder, checksum.slice(0, 2), `${checksum}.f32`);
}

/**
 * The features of every item, by id: read from the cache, the missing ones computed by worker threads and kept. An
 * entry that is cut off or altered is computed anew; entries are written whole or not at all, so several processes
 * may fill the cache at once and any of them may be killed: what it had half written is removed by a later one.
 *
 * Throws LabError that names the files which cannot be decoded (after the others are done and kept), or when the
 * disk is full; InterruptedError when `stop` was requested.
 */
export async function cachedFeatures(
  items: readonly CacheItem[],
  spec: FeatureSpec,
  options: CacheOptions,
): Promise<Map<string, Features>> {
  const { variation } = options;
  const folder = featureFolder(options.home, spec, variation);
  const task = variation === undefined ? "features" : `features of varied copies ${variation.number}`;
  const progress = trackProgress(task, items.length, options.onProgress);
  const byChecksum = groupByChecksum(items);
  const found = new Map<string, Features>();
  const missing: string[] = [];
  const stopIfAsked = (): void => {
    if (options.stop?.requested !== true) return;
    const counts = `${found.size} of ${byChecksum.size}`;
    throw new InterruptedError(
      `Computing features was interrupted (${counts} ready).`,
      "Run again to go on.",
    );
  };
  const keep = (checksum: string, features: Features): void => {
    found.set(checksum, features);
    progress.advance(byChecksum.get(checksum)!.length);
  };

  await removeAbandonedParts(folder);
  await forEachLimited([...byChecksum.keys()], readsAtOnce, async (checksum) => {
    stopIfAsked();
    const features = await readEntry(entryPath(folder, checksum), decodeEntry);
    if (features === null) missing.push(checksum);
    else keep(checksum, features);
  });
  if (missing.length > 0) {
    const pathOf = (checksum: string): string => byChecksum.get(checksum)![0]!.path;
    const { workers } = options;
    const problems = await computeMissing(rotated(missing), {
      folder,
      spec,
      variation,
      workers,
      pathOf,
      stopIfAsked,
      keep,
    });
    if (problems.length > 0) throw badClips(problems);
  }
  return new Map(items.map(({ id, checksum }) => [id, found.get(checksum)!]));
}

/** What filling the cache needs to know. */
interface Filling {
  readonly folder: string;
  readonly spec: FeatureSpec;
  readonly variation: SoundVariation | undefined;
  readonly workers: number | undefined;
  readonly pathOf: (checksum: string) => string;
  readonly stopIfAsked: () => void;
  readonly keep: (checksum: string, features: Features) => void;
}

/** Computes and keeps entries; returns what is wrong with the clips that have none. */
async function computeMissing(checksums: readonly string[], filling: Filling): Promise<string[]> {
  const { folder, spec, variation, workers, pathOf, stopIfAsked, keep } = filling;
  const problems: string[] = [];
  const pool = openFeaturePool(workers);
  try {
    await forEachLimited(checksums, pool.concurrency, async (checksum) => {
      stopIfAsked();
      const entry = entryPath(folder, checksum);
      // Another process may have been here since the first look.
      const there = await readEntry(entry, decodeEntry);
      if (there !== null) return keep(checksum, there);
      const answer = await pool.compute({ path: pathOf(checksum), checksum, spec, variation });
      if ("problem" in answer) {
        problems.push(answer.problem);
        return;
      }
      await writeFileAtomic(entry, encodeEntry(answer.features));
      keep(checksum, answer.features);
    });
  } finally {
    await pool.close();
  }
  return problems;
}

/** Starts the list somewhere else in each process, so that several share the work instead of racing clip by clip. */
function rotated(checksums: readonly string[]): string[] {
  const start = Math.floor(Math.random() * checksums.length);
  return [...checksums.slice(start), ...checksums.slice(0, start)];
}

function groupByChecksum(items: readonly CacheItem[]): Map<string, CacheItem[]> {
  const groups = new Map<string, CacheItem[]>();
  for (const item of items) {
    if (!/^[0-9a-f]{64}$/.test(item.checksum)) {
      throw new LabError(`${item.id} has no SHA-256 but "${item.checksum}".`, "Make the catalogue anew.");
    }
    const group = groups.get(item.checksum);
    if (group === undefined) groups.set(item.checksum, [item]);
    else group.push(item);
  }
  return groups;
}

function badClips(problems: readonly string[]): LabError {
  const shown = problems.slice(0, 5).join(" ");
  const more = problems.length > 5 ? ` And ${problems.length - 5} more.` : "";
  const clips = problems.length === 1 ? "1 clip" : `${problems.length} clips`;
  return new LabError(
    `${clips} could not be featurised: ${shown}${more}`,
    "All other clips are in the cache.",
  );
}
