import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { LabError } from "../core/errors.js";
import { readFileIfThere, writeFileAtomic } from "../core/files.js";
import { parseTable } from "../core/parse-table.js";
import { type Part, parts } from "./parts.js";
import type { ProtocolName, Split } from "./split.js";

const columns = ["clip", "part"];
const foldColumns = ["fold", ...columns];

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
  const header = splits[0]?.fold === null ? columns : foldColumns;
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
  const remedy = "Restore it from version control.";
  if (text === null) throw new LabError(`${path} is missing.`, remedy);
  const hasFolds = text.startsWith("fold,");
  const { rows, damaged } = parseTable(text, path, hasFolds ? foldColumns : columns, remedy);
  const splits = new Map<string, Record<Part, string[]>>();
  const seen = new Set<string>();
  for (const { fields, line } of rows) {
    const [fold, clip, part] = (hasFolds ? fields : ["", ...fields]) as [string, string, Part];
    if (!parts.includes(part)) throw damaged(`line ${line} has the part "${part}"`);
    if (seen.has(`${fold},${clip}`)) throw damaged(`line ${line} lists ${clip} a second time`);
    seen.add(`${fold},${clip}`);
    const split = splits.get(fold) ?? { train: [], validation: [], test: [] };
    splits.set(fold, split);
    split[part].push(clip);
  }
  return [...splits].map(([fold, ids]) => ({ protocol, fold: hasFolds ? fold : null, ...ids }));
}
