import { stringify } from "csv-stringify/sync";
import { readFileIfThere, writeFileAtomic } from "../core/files.js";
import { parseTable } from "../core/parse-table.js";

/** What one epoch came to: a row of history.csv. Validation figures are null in epochs that were not validated. */
export interface EpochRecord {
  /** Counts from 1. */
  readonly epoch: number;
  readonly learningRate: number;
  /** Mean over the epoch's steps, nats; with mixup, smoothing and augmentation in it, so above the validation's. */
  readonly trainLoss: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly validationUar: number | null;
  readonly seconds: number;
}

const columns = [
  "epoch",
  "learningRate",
  "trainLoss",
  "validationLoss",
  "validationAccuracy",
  "validationUar",
  "seconds",
] as const satisfies readonly (keyof EpochRecord)[];

/** Writes history.csv, one row an epoch; numbers with six significant digits, absent ones empty. */
export async function writeHistory(path: string, history: readonly EpochRecord[]): Promise<void> {
  const rows = history.map((record) =>
    columns.map((column) => (record[column] === null ? "" : Number(record[column].toPrecision(6)))),
  );
  await writeFileAtomic(path, stringify([[...columns], ...rows]));
}

/** Reads history.csv as `writeHistory` wrote it; empty where there is none. Throws LabError when it is damaged. */
export async function readHistory(path: string): Promise<EpochRecord[]> {
  const text = await readFileIfThere(path);
  if (text === null || text === "") return [];
  const { rows, damaged } = parseTable(text, path, columns, "Restore it, or train again.");
  return rows.map(({ fields, line }) => {
    const values = fields.map((text, i) => {
      if (text === "" && columns[i]!.startsWith("validation")) return null;
      const value = text === "" ? Number.NaN : Number(text);
      if (Number.isFinite(value)) return value;
      throw damaged(`line ${line}: ${columns[i]} is "${text}"`);
    });
    return Object.fromEntries(columns.map((column, i) => [column, values[i]])) as unknown as EpochRecord;
  });
}
