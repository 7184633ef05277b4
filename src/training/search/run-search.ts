import { InterruptedError } from "../../core/errors.js";
import type { ProgressListener } from "../../core/progress.js";
import type { Settings } from "../../core/settings.js";
import type { StopSignal } from "../../core/stop-signal.js";
import type { TrainingState } from "../checkpoint.js";
import { DivergedError } from "../diverged-error.js";
import { runHash, type TrainingOptions } from "../run-spec.js";
import { trainUnjudged } from "../train-run.js";
import { commandForTrial, type Search, specOfTrial } from "./define-search.js";
import { type AskedTrial, openStudy, type Study, type Trial, usualStorage } from "./study.js";

export interface SearchOptions {
  readonly settings: Settings;
  /** The number of trials that the study is to have, pruned ones among them. */
  readonly trials: number;
  /** A database's URL, for several machines; a file in the store where absent. */
  readonly storage?: string;
  readonly onProgress?: ProgressListener;
  /** Told when a trial of this process has ended. */
  readonly onTrial?: (trial: number, state: "complete" | "pruned", score: number | null) => void;
  readonly stop?: StopSignal;
}

/** What a search has found, so far. */
export interface SearchResult {
  readonly search: Search;
  readonly trials: readonly Trial[];
  /** The complete trial with the best score on validation; null before there is one. */
  readonly best: Trial | null;
  /** The command that trains its settings and looks at the test clips; null before there is one. */
  readonly command: string | null;
  readonly importance: readonly { readonly setting: string; readonly share: number }[];
}

/**
 * Runs trials until the study has `trials` of them: each a run of the store with other settings, judged on validation
 * clips alone, stopped in the middle when its best score so far lies below the median of the others or when it has
 * diverged. Called again it goes on; several processes may run it at once and share the trials. Throws InterruptedError
 * when stopped: the trial under way is kept and goes on with the next call.
 */
export async function runSearch(search: Search, options: SearchOptions): Promise<SearchResult> {
  const { settings, trials, storage = usualStorage(search, settings), stop } = options;
  const study = await openStudy(search, storage, settings);
  try {
    for (;;) {
      if (stop?.requested === true)
        throw new InterruptedError("Stopped between two trials; all are kept.", "Start it again to go on.");
      const asked = await study.ask(trials);
      if ("runningElsewhere" in asked) break;
      await runTrial(search, study, asked, options);
    }
    return await resultOf(search, study);
  } finally {
    await study.close();
  }
}

/** What a search has found, without running anything. Throws LabError for a storage that cannot be used. */
export async function readSearch(
  search: Search,
  { settings, storage = usualStorage(search, settings) }: Pick<SearchOptions, "settings" | "storage">,
): Promise<SearchResult> {
  const study = await openStudy(search, storage, settings);
  try {
    return await resultOf(search, study);
  } finally {
    await study.close();
  }
}

async function resultOf(search: Search, study: Study): Promise<SearchResult> {
  const trials = await study.trials();
  const best = bestOf(trials);
  const command = best === null ? null : commandForTrial(search, best.settings);
  return { search, trials, best, command, importance: await study.importance() };
}

/** The complete trial with the best score, of equal ones the first; null when none is complete. */
export function bestOf(trials: readonly Trial[]): Trial | null {
  const complete = trials.filter(({ score }) => score !== null);
  return complete.reduce<Trial | null>(
    (best, one) => (best === null || one.score! > best.score! ? one : best),
    null,
  );
}

async function runTrial(
  search: Search,
  study: Study,
  { number, settings: chosen, reported }: AskedTrial,
  { settings, trials, onProgress, onTrial, stop }: SearchOptions,
): Promise<void> {
  const spec = specOfTrial(search, chosen);
  const pruning = stopBehind(stop);
  const known = new Set(reported);
  try {
    await study.note(runHash(spec));
    const state = await trainUnjudged(spec, {
      settings,
      stop: pruning,
      ...(onProgress && {
        onProgress: (state) => onProgress({ ...state, task: `trial ${number} of ${trials}: ${state.task}` }),
      }),
      onEpoch: async (history, bestScore) => {
        const { epoch, validationUar } = history.at(-1)!;
        if (validationUar === null) return;
        known.add(epoch);
        // The last epoch is the trial's end: there is nothing left to save.
        if ((await study.report(epoch, bestScore)) && epoch < spec.training.epochs) pruning.request();
      },
    });
    for (const { epoch, score } of bestAfterEpochs(state, spec.training))
      if (!known.has(epoch)) await study.report(epoch, score);
    await study.complete(state.bestUar);
    onTrial?.(number, "complete", state.bestUar);
  } catch (error) {
    const isPruned = error instanceof InterruptedError && stop?.requested !== true;
    if (!isPruned && !(error instanceof DivergedError)) {
      await study.giveBack().catch(() => undefined); // closing the study gives it back too
      throw error;
    }
    await study.prune();
    onTrial?.(number, "pruned", null);
  }
}

/**
 * The best score so far after each epoch of a run that the store had already, or that ended between an epoch and its
 * report: what the median of later trials is drawn from. The history knows epochs by their UAR: where a run is kept by
 * another score, the epochs from the best one on.
 */
function bestAfterEpochs(
  { history, bestEpoch, bestUar }: TrainingState,
  { keptBy = "uar" }: Pick<TrainingOptions, "keptBy">,
): { epoch: number; score: number }[] {
  let uar = -1;
  return history.flatMap(({ epoch, validationUar }) => {
    if (validationUar === null) return [];
    uar = Math.max(uar, validationUar);
    if (epoch >= bestEpoch) return [{ epoch, score: bestUar }];
    return keptBy === "uar" ? [{ epoch, score: uar }] : [];
  });
}

/** A stop signal of one trial, which the one of the whole search sets too. */
function stopBehind(outer: StopSignal | undefined): StopSignal {
  let requested = false;
  return {
    get requested() {
      return requested || outer?.requested === true;
    },
    request() {
      requested = true;
    },
    release() {},
  };
}
