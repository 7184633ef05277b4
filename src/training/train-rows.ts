import { InterruptedError, LabError, messageOf } from "../core/errors.js";
import type { ProgressListener, ProgressState } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import type { StopSignal } from "../core/stop-signal.js";
import { folds } from "../protocols/draw-split.js";
import type { ProtocolName } from "../protocols/split.js";
import { type BaselineSpec, defineBaseline, isBaseline } from "./baselines/baseline-spec.js";
import { fitBaseline } from "./baselines/fit-baseline.js";
import { defineRun } from "./define-run.js";
import { hasRecipe } from "./recipes.js";
import { type Row, rows } from "./rows.js";
import { type ResultSpec, runHash } from "./run-spec.js";
import { type Run, readRun } from "./run-store.js";
import { trainRun } from "./train-run.js";
import { usualCorpora } from "./usual-corpora.js";

/** One run of `affectlab train all`: a row on a protocol, of one seed and fold. */
export interface PlannedRun {
  readonly row: Row;
  readonly protocol: ProtocolName;
  readonly fold: string | null;
  readonly seed: number;
}

/** What became of a planned run. */
export type PlannedOutcome = PlannedRun &
  (
    | { readonly state: "trained" | "was finished"; readonly run: Run<ResultSpec> }
    | { readonly state: "failed"; readonly problem: string }
  );

export interface TrainRowsOptions {
  readonly settings: Settings;
  readonly corpora?: readonly string[] | undefined;
  /** Told of each run before it starts, `number` counting from 1. */
  readonly onRun?: (planned: PlannedRun, number: number, total: number) => void;
  readonly onProgress?: ProgressListener;
  readonly stop?: StopSignal;
}

/**
 * The runs of a protocol in the order of what they tell: seed 0 of every row that can be trained, the most important
 * first, fold by fold; then the seeds beside it. `only` keeps the rows of these names.
 */
export function planRuns(
  protocol: ProtocolName,
  corpora: readonly string[] = usualCorpora(protocol),
  only: readonly string[] = [],
): PlannedRun[] {
  const unknown = only.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined)
    throw new LabError(
      `There is no row "${unknown}".`,
      `Rows are: ${rows.map(({ name }) => name).join(", ")}.`,
    );
  const trained = rows.filter(
    (row) =>
      (hasRecipe(row.model) || isBaseline(row.model)) &&
      row.protocols.includes(protocol) &&
      (only.length === 0 || only.includes(row.name)),
  );
  const names = folds(protocol, corpora);
  const ofSeed = (row: Row, seed: number): PlannedRun[] =>
    (names.length === 0 ? [null] : names).map((fold) => ({ row, protocol, fold, seed }));
  const more = trained.flatMap((row) => (row.moreSeeds?.[protocol] ?? []).map((seed) => ({ row, seed })));
  return [
    ...trained.flatMap((row) => ofSeed(row, 0)),
    ...more.sort((a, b) => a.seed - b.seed).flatMap(({ row, seed }) => ofSeed(row, seed)),
  ];
}

/**
 * Trains planned runs one after another. A finished run is loaded, one that was cut off goes on; one that fails is told
 * of in its outcome, and the others go on. Throws InterruptedError when stopped: the same call goes on from there.
 */
export async function trainRows(
  planned: readonly PlannedRun[],
  options: TrainRowsOptions,
): Promise<PlannedOutcome[]> {
  const outcomes: PlannedOutcome[] = [];
  for (const [i, one] of planned.entries()) {
    options.onRun?.(one, i + 1, planned.length);
    outcomes.push(await trainOne(one, `run ${i + 1} of ${planned.length}, ${nameOf(one)}`, options));
  }
  return outcomes;
}

/** A planned run in words: `resnet fold 2 seed 1`. */
export function nameOf({ row, fold, seed }: PlannedRun): string {
  return `${row.name}${fold === null ? "" : ` fold ${fold}`}${seed === 0 ? "" : ` seed ${seed}`}`;
}

async function trainOne(
  planned: PlannedRun,
  task: string,
  { settings, corpora, onProgress, stop }: TrainRowsOptions,
): Promise<PlannedOutcome> {
  const { row, protocol, fold, seed } = planned;
  try {
    const progress = onProgress && {
      onProgress: (state: ProgressState) => onProgress({ ...state, task: `${task}: ${state.task}` }),
    };
    const how = { settings, ...progress, ...(stop && { stop }) };
    const named = corpora === undefined ? {} : { corpora };
    const { model, options = {} } = row;
    if (isBaseline(model)) {
      const spec = await defineBaseline({ model, protocol, fold, ...named }, settings);
      const finished = await readRun<BaselineSpec>(runHash(spec), settings);
      const run = finished ?? (await fitBaseline(spec, how));
      return { ...planned, state: finished === null ? "trained" : "was finished", run };
    }
    const spec = await defineRun({ model, options, protocol, fold, seed, ...named }, settings);
    const finished = await readRun(runHash(spec), settings);
    const run = finished ?? (await trainRun(spec, how));
    return { ...planned, state: finished === null ? "trained" : "was finished", run };
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    return { ...planned, state: "failed", problem: messageOf(error) };
  }
}
