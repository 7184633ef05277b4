import { stringify } from "csv-stringify/sync";
import { writeFileAtomic } from "../core/files.js";

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
