import { percentSign } from "../core/percent.js";
import { oneLine } from "../core/shown-text.js";
import { escapeHtml } from "./reports/escape.js";

/** Rows as objects, or a danfojs DataFrame (anything with columns and values). */
export type TableData =
  | readonly Readonly<Record<string, unknown>>[]
  | { readonly columns: readonly string[]; readonly values: unknown };

export interface TableOptions {
  readonly caption?: string;
  /** Columns to show, in this order; all where absent. */
  readonly columns?: readonly string[];
  /** Columns of shares that are written as percentages with one decimal. */
  readonly percent?: readonly string[];
  /** Significant digits of numbers that are not whole; 4 where absent. */
  readonly digits?: number;
  /** Most rows; 20 where absent. How many were left out is said below. */
  readonly limit?: number;
}

/** A table as HTML (everything escaped) and as aligned plain text. */
export function renderTable(data: TableData, options: TableOptions = {}): { html: string; text: string } {
  const { caption, digits = 4, limit = 20, percent = [] } = options;
  const all = rowsOf(data);
  const columns = options.columns ?? columnsOf(data);
  const rows = all.slice(0, limit);
  const write = (value: unknown, column: string): string =>
    formatCell(value, percent.includes(column), digits);
  const cells = rows.map((row) => columns.map((column) => write(row[column], column)));
  const isNumeric = columns.map((column) => rows.some((row) => isNumber(row[column])));
  const rest = all.length > rows.length ? `${all.length - rows.length} more rows` : "";
  return {
    html: tableHtml(columns, cells, isNumeric, caption, rest),
    text: tableText(
      columns.map(oneLine),
      cells.map((row) => row.map(oneLine)),
      ...([isNumeric, caption, rest] as const),
    ),
  };
}

function rowsOf(data: TableData): readonly Readonly<Record<string, unknown>>[] {
  if (!("columns" in data)) return data;
  const { columns } = data;
  return (data.values as unknown[][]).map((row) =>
    Object.fromEntries(columns.map((column, i) => [column, row[i]])),
  );
}

function columnsOf(data: TableData): readonly string[] {
  return "columns" in data ? data.columns : [...new Set(data.flatMap((row) => Object.keys(row)))];
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" || (Array.isArray(value) && value.length > 0 && value.every(isNumber));
}

/** A value as people read it: an interval as "61.2–64.0", nothing as "". */
function formatCell(value: unknown, isPercent: boolean, digits: number): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((one) => formatCell(one, isPercent, digits)).join("–");
  if (typeof value !== "number") return String(value);
  if (isPercent) return percentSign(value);
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(digits)));
}

function tableHtml(
  columns: readonly string[],
  cells: readonly (readonly string[])[],
  isNumeric: readonly boolean[],
  caption: string | undefined,
  rest: string,
): string {
  const align = (i: number): string => (isNumeric[i] ? ' align="right"' : ' align="left"');
  const head = columns.map((column, i) => `<th${align(i)}>${escapeHtml(column)}</th>`).join("");
  const body = cells
    .map((row) => `<tr>${row.map((cell, i) => `<td${align(i)}>${escapeHtml(cell)}</td>`).join("")}</tr>`)
    .join("\n");
  const title = caption === undefined ? "" : `<caption>${escapeHtml(caption)}</caption>`;
  const note = rest === "" ? "" : `<p>${rest}</p>`;
  return `<table>${title}<thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>${note}`;
}

function tableText(
  columns: readonly string[],
  cells: readonly (readonly string[])[],
  isNumeric: readonly boolean[],
  caption: string | undefined,
  rest: string,
): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (isNumeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  return [
    ...(caption === undefined ? [] : [caption]),
    line(columns),
    ...cells.map(line),
    ...(rest === "" ? [] : [rest]),
  ].join("\n");
}
