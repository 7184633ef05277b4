import { writeBundle } from "./kernel-output.js";

/** The MIME type under which a notebook tells which runs its figures come from; the runner takes it out again. */
export const runRecordType = "application/vnd.affectlab.run+json";

/** What ties a notebook's figures to results: the run and the data behind it. */
export interface RunRecord {
  /** The hash of the RunSpec, as results/ and the store of runs have it; absent where only data was looked at. */
  readonly specHash?: string;
  /** The checksum of the clips that were used. */
  readonly dataChecksum: string;
}

/**
 * Notes that this notebook shows a run (or, without `specHash`, the data alone). nbconvert-runner collects the notes
 * into the notebook's metadata, `affectlab: { profile, runs, dataChecksum, executedAt }`. Outside a notebook it does
 * nothing.
 */
export function recordRun(record: RunRecord): void {
  writeBundle({ data: { [runRecordType]: { ...record } } });
}
