import { parse } from "csv-parse/sync";
import { LabError, messageOf } from "./errors.js";

/** The rows of a CSV file that this project wrote, and what is thrown for a fault in them. */
export interface ParsedTable {
  /** Without the header. */
  readonly rows: readonly (readonly string[])[];
  /** An error that names the file, with the reason and the remedy. */
  damaged(reason: string): LabError;
}

/** Parses the text of the CSV file at `path`. Throws LabError, naming it, when it is no CSV or has another header. */
export function parseTable(
  text: string,
  path: string,
  columns: readonly string[],
  remedy: string,
): ParsedTable {
  const damaged = (reason: string): LabError => new LabError(`${path} cannot be read: ${reason}.`, remedy);
  let rows: string[][];
  try {
    rows = parse(text) as string[][];
  } catch (error) {
    throw damaged(messageOf(error));
  }
  if (rows[0]?.join() !== columns.join()) throw damaged(`its header is not ${columns.join()}`);
  return { rows: rows.slice(1), damaged };
}
