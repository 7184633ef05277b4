import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { LabError, messageOf } from "../core/errors.js";
import { readFileIfThere, writeFileAtomic } from "../core/files.js";
import { type Part, parts } from "./parts.js";
import type { ProtocolName, Split } from "./split.js";

/** Where a protocol's committed division lies: `<root>/results/<protocol>/split.csv`. */
export function splitPath(protocol: ProtocolName, root: string): string {
  return join(root, "results", protocol, "split.csv");
}

/**
 * Writes a protocol's division as CSV: `clip,part`, or `fold,clip,part` for several folds; rows by clip id within a
 * fold, folds in the order given. Returns the path. Atomic.
 */
export async function writeSplit(splits: readonly Split[], root: string): Promise<string> {
  const protocol = (splits[0] as Split).protocol;
  const rows = splits.flatMap((split) =>
    parts
      .flatMap((part) => split[part].map((clip) => ({ clip, part })))
      .sort((a, b) => (a.clip < b.clip ? -1 : 1))
      .map(({ clip, part }) => (split.fold === null ? [clip, part] : [split.fold, clip, part])),
  );
  const header = splits[0]?.fold === null ? ["clip", "part"] : ["fold", "clip", "part"];
  const path = splitPath(protocol, root);
  await writeFileAtomic(path, stringify([header, ...rows]));
  return path;
}

/**
 * Reads a protocol's committed division: one split, or one a fold, in the file's order. Throws LabError when the file is
 * missing or a row of it cannot be read, naming the row.
 */
export async function readSplit(protocol: ProtocolName, root: string): Promise<Split[]> {
  const path = splitPath(protocol, root);
  const text = await readFileIfThere(path);
  if (text === null) throw new LabError(`${path} is missing.`, "Restore it from version control.");
  const damaged = (reason: string): LabError =>
    new LabError(`${path} cannot be read: ${reason}.`, "Restore it from version control.");
  let rows: string[][];
  try {
    rows = parse(text) as string[][];
  } catch (error) {
    throw damaged(messageOf(error));
  }
  const header = rows[0]?.join();
  if (header !== "clip,part" && header !== "fold,clip,part") throw damaged(`its header is "${header ?? ""}"`);
  const splits = new Map<string, Record<Part, string[]>>();
  const seen = new Set<string>();
  rows.slice(1).forEach((row, index) => {
    const [fold, clip, part] = (header === "clip,part" ? ["", ...row] : row) as [string, string, Part];
    if (!parts.includes(part)) throw damaged(`row ${index + 2} has the part "${part}"`);
    if (seen.has(`${fold},${clip}`)) throw damaged(`row ${index + 2} lists ${clip} a second time`);
    seen.add(`${fold},${clip}`);
    const split = splits.get(fold) ?? { train: [], validation: [], test: [] };
    splits.set(fold, split);
    split[part].push(clip);
  });
  return [...splits].map(([fold, ids]) => ({ protocol, fold: header === "clip,part" ? null : fold, ...ids }));
}
