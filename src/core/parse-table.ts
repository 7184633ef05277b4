import { type Options, parse } from "csv-parse/sync";
import { LabError, messageOf } from "./errors.js";

/** Characters that a line of a CSV file may have. */
const longestLine = 100_000;

/** Throws Error for a line that no table has: the library takes most of a minute for one of millions of cells. */
function refuseLongLines(text: string): void {
  for (let at = 0, start = 0, line = 1; at <= text.length; at++) {
    const isEnd = at === text.length || text[at] === "\n" || text[at] === "\r";
    if (!isEnd && at - start < longestLine) continue;
    if (!isEnd) throw new Error(`line ${line} has more than ${longestLine} characters`);
    start = at + 1;
    line++;
  }
}

/**
 * Parses CSV, without empty lines and without a byte order mark. Throws the library's error for text that is no CSV, and
 * Error for a line longer than any table's.
 */
export function parseCsv(text: string, options: Options): unknown[] {
  refuseLongLines(text);
  // Left to find out by itself what ends a line, the library looks at every byte before the first end, slowly.
  const ends = ["\r\n", "\n", "\r"];
  return parse(text, { bom: true, skip_empty_lines: true, record_delimiter: ends, ...options });
}

/** The rows of a CSV file that this project wrote, and what is thrown for a fault in them. */
export interface ParsedTable {
  /** Without the header, each with as many fields as it, and with the line of the file on which it ends, from 1. */
  readonly rows: readonly { readonly fields: readonly string[]; readonly line: number }[];
  /** An error that names the file, with the reason and the remedy. */
  damaged(reason: string): LabError;
}

/**
 * Parses the text of the CSV file at `path`. Throws LabError, naming it, when it is no CSV, has another header, or has a
 * row with more or fewer fields than the header.
 */
export function parseTable(
  text: string,
  path: string,
  columns: readonly string[],
  remedy: string,
): ParsedTable {
  const damaged = (reason: string): LabError => new LabError(`${path} cannot be read: ${reason}.`, remedy);
  let parsed: { record: string[]; info: { lines: number } }[];
  try {
    // With `info`, which the library's types do not know, it gives each record's line too.
    parsed = parseCsv(text, { info: true }) as typeof parsed;
  } catch (error) {
    throw damaged(messageOf(error));
  }
  const [header, ...rows] = parsed.map(({ record, info }) => ({ fields: record, line: info.lines }));
  if (header?.fields.join() !== columns.join())
    throw damaged(`its header is "${header?.fields.join() ?? ""}", not "${columns.join()}"`);
  return { rows, damaged };
}
