import { LabError, messageOf } from "../core/errors.js";
import { parseCsv } from "../core/parse-table.js";
import type { Clip } from "./clip.js";
import type { ClipFacts } from "./corpus.js";
import { emotions, isEmotion } from "./emotions.js";

/** A row of labels.csv: one of one's own recordings. */
export interface OwnLabel extends ClipFacts {
  /** Relative to the folder of the recordings, with `/` as separator. */
  readonly file: string;
  /** The row's number in the file, for messages; the header is row 1. */
  readonly row: number;
}

const needed = ["file", "emotion", "speaker"];
const longestList = 10;
/** Ten times the largest corpus of acted speech; more rows, were they all faulty, would take longer than anyone waits. */
const mostRecordings = 250_000;

/**
 * Reads labels.csv: a header with `file`, `emotion` and `speaker`; `sentence`, `intensity`, `sex` (female, male) and
 * `age` (years) are used where they stand, further columns are kept in the file and ignored. `name` is what messages
 * call the file. Throws one LabError that names every faulty row (the first ten), with what is wrong in it.
 */
export function parseOwnLabels(text: string, name: string): OwnLabel[] {
  const header = (parseRows(text, name, 1)[0] ?? []).map((column) => column.toLowerCase());
  const missing = needed.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new LabError(
      `${name} has no column ${missing.join(", ")}.`,
      `Its first row must name the columns: ${needed.join(",")} and any further ones.`,
    );
  }
  const rows = parseRows(text, name, mostRecordings + 2);
  if (rows.length > mostRecordings + 1) {
    throw new LabError(
      `${name} lists more than ${mostRecordings} recordings.`,
      "Divide it, and add each part as a corpus of its own.",
    );
  }
  if (rows.length === 1) throw new LabError(`${name} lists no recording.`, "Add a row for each recording.");
  const errors: string[] = [];
  const firstRowOf = new Map<string, number>();
  const labels = rows.slice(1).flatMap((cells, index) => {
    const row = index + 2;
    try {
      const label = parseRow(header, cells, row);
      const first = firstRowOf.get(label.file);
      if (first !== undefined) throw new Error(`${label.file} already stands in row ${first}`);
      firstRowOf.set(label.file, row);
      return [label];
    } catch (error) {
      errors.push(`row ${row}: ${messageOf(error)}`);
      return [];
    }
  });
  if (errors.length > 0) throw rowErrors(name, errors);
  return labels;
}

/** The first `most` rows, whatever the number of their cells. */
function parseRows(text: string, name: string, most: number): string[][] {
  const { stackTraceLimit } = Error;
  // The library makes an error, which nobody sees, of every row with more or fewer cells: without its stack in half the time.
  Error.stackTraceLimit = 0;
  try {
    return parseCsv(text, { trim: true, relax_column_count: true, to: most }) as string[][];
  } catch (error) {
    throw new LabError(
      `${name} cannot be read as CSV (${messageOf(error)}).`,
      "Check its lines and quotation marks.",
    );
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** One error for all faulty rows of a labels file. */
export function rowErrors(name: string, errors: readonly string[]): LabError {
  const more = errors.length > longestList ? `; and ${errors.length - longestList} more` : "";
  return new LabError(
    `${name}: ${errors.slice(0, longestList).join("; ")}${more}.`,
    "Correct these rows and run again; nothing was added.",
  );
}

function parseRow(header: readonly string[], cells: readonly string[], row: number): OwnLabel {
  if (cells.length !== header.length) {
    throw new Error(`${cells.length} cells where the header has ${header.length}`);
  }
  const cell = (column: string): string => cells[header.indexOf(column)] ?? "";
  const emotion = cell("emotion").toLowerCase();
  if (!isEmotion(emotion)) {
    throw new Error(`"${cell("emotion")}" is not an emotion (${emotions.join(", ")})`);
  }
  if (cell("speaker") === "") throw new Error("the speaker is missing");
  return {
    row,
    file: safeFile(cell("file")),
    emotion,
    speaker: cell("speaker"),
    sentence: cell("sentence"),
    intensity: cell("intensity") || "unspecified",
    sex: sexOf(cell("sex")),
    age: ageOf(cell("age")),
  };
}

/** A relative path that stays in the folder, with `/` as separator. */
function safeFile(file: string): string {
  const path = file.replaceAll("\\", "/").replace(/^(\.\/)+/, "");
  if (path === "") throw new Error("the file is missing");
  if (path.startsWith("/") || /^[a-z]:/i.test(path) || path.split("/").includes("..")) {
    throw new Error(`${file} does not lie in the folder of the recordings`);
  }
  return path;
}

function sexOf(text: string): Clip["sex"] {
  const sex = text.toLowerCase();
  if (sex === "" || sex === "unknown") return "unknown";
  if (sex === "f" || sex === "female") return "female";
  if (sex === "m" || sex === "male") return "male";
  throw new Error(`sex "${text}" is neither female, male nor unknown`);
}

function ageOf(text: string): number | null {
  if (text === "") return null;
  const age = Number(text);
  if (!(age > 0 && age < 150)) throw new Error(`"${text}" is not an age in years`);
  return age;
}
