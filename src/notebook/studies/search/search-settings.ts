import { LabError } from "../../../core/errors.js";
import type { Settings } from "../../../core/settings.js";
import type { StopSignal } from "../../../core/stop-signal.js";
import type { Run } from "../../../training/run-store.js";
import { defineSearch, type SearchRequest, specOfTrial } from "../../../training/search/define-search.js";
import { runSearch, type SearchResult } from "../../../training/search/run-search.js";
import { trainRun } from "../../../training/train-run.js";
import { notebookProgress } from "../../notebook-progress.js";
import { recordRun } from "../../record.js";

/** How many settings are tried on each profile, and for how many epochs each. On `full` two hours of two cores. */
export const searchSizes = {
  sample: { trials: 6, epochs: 2 },
  quick: { trials: 8, epochs: 2 },
  full: { trials: 20, epochs: 15 },
} as const;

/**
 * Searches settings with a progress bar below the cell, or loads the search when the store has all its trials. The
 * number of trials and their epochs follow from the profile. Throws what `runSearch` throws.
 */
export async function searchSettings(
  request: Omit<SearchRequest, "epochs">,
  settings: Settings,
  stop?: StopSignal,
): Promise<SearchResult> {
  const { trials, epochs } = searchSizes[settings.profile];
  const search = await defineSearch({ ...request, epochs }, settings);
  return await runSearch(search, {
    settings,
    trials,
    onProgress: notebookProgress(),
    ...(stop !== undefined && { stop }),
  });
}

/** The chosen settings and the recipe's own, both trained for as long as the recipe says, and judged on test clips. */
export interface SearchedPair {
  readonly chosen: Run;
  readonly recipe: Run;
}

/**
 * Trains the settings of the search's best trial, and the recipe, as `affectlab train` does; loads what the store has.
 * This is where test clips are first looked at. The precision is that of `settings`, whatever the search computed in.
 * Notes both runs in the notebook's metadata. Throws LabError when no
 * trial is complete.
 */
export async function trainChosen(
  result: SearchResult,
  settings: Settings,
  stop?: StopSignal,
): Promise<SearchedPair> {
  const { search } = result;
  if (result.best === null)
    throw new LabError("No trial of the search is complete.", "Give it more trials, or longer ones.");
  const { epochs: _epochs, ...request } = search.request;
  const own = await defineSearch(request, settings);
  const options = { settings, onProgress: notebookProgress(), ...(stop !== undefined && { stop }) };
  const chosen = await trainRun(specOfTrial(own, result.best.settings), options);
  const recipe = await trainRun(own.base, options);
  for (const { hash, metrics } of [chosen, recipe])
    recordRun({ specHash: hash, dataChecksum: metrics.dataChecksum });
  return { chosen, recipe };
}
