import { z } from "zod";
import { LabError } from "../../core/errors.js";
import { sha256 } from "../../core/hash.js";
import type { Profile } from "../../core/settings.js";
import type { Notebook, NotebookOutput } from "../notebook-file.js";
import { runRecordType } from "../record.js";

/** What an executed notebook says about itself, `metadata.affectlab`. */
export interface ExecutionRecord {
  readonly profile: Profile;
  /** The hashes of the runs it shows, in the order of the cells. */
  readonly runs: readonly string[];
  /** The checksum of the clips it used; of several, the hash of all of them; null when it used none. */
  readonly dataChecksum: string | null;
  /** ISO 8601, UTC. */
  readonly executedAt: string;
}

const note = z.object({ specHash: z.string().min(1).optional(), dataChecksum: z.string().min(1) });

/**
 * Takes the notes of `recordRun` out of a notebook's outputs and puts the record they make into its metadata.
 * Throws LabError for a note that does not have the form.
 */
export function attachRecord(notebook: Notebook, profile: Profile, executedAt: Date): Notebook {
  const runs: string[] = [];
  const checksums: string[] = [];
  const addTo = (list: string[], value: string): void => {
    if (!list.includes(value)) list.push(value);
  };
  const isKept = (output: NotebookOutput): boolean => {
    const content = output.data?.[runRecordType];
    if (content === undefined) return true;
    const parsed = note.safeParse(content);
    if (!parsed.success) {
      throw new LabError(
        `A cell recorded a run of an unknown form: ${JSON.stringify(content)}.`,
        "Call recordRun({ specHash, dataChecksum }).",
      );
    }
    if (parsed.data.specHash !== undefined) addTo(runs, parsed.data.specHash);
    addTo(checksums, parsed.data.dataChecksum);
    return false;
  };
  const cells = notebook.cells.map((cell) =>
    cell.outputs === undefined ? cell : { ...cell, outputs: cell.outputs.filter(isKept) },
  );
  const record: ExecutionRecord = {
    profile,
    runs,
    dataChecksum: checksums.length > 1 ? sha256([...checksums].sort().join("\n")) : (checksums[0] ?? null),
    executedAt: executedAt.toISOString(),
  };
  return { ...notebook, cells, metadata: { ...notebook.metadata, affectlab: record } };
}
