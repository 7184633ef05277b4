import { dotsWithIntervals } from "../../../charts/intervals.js";
import {
  type ChartedSetting,
  type ChartedTrial,
  parallelSettings,
  searchHistory,
  settingImportance,
} from "../../../charts/search.js";
import { percent, percentIntervals } from "../../../core/percent.js";
import { comparePaired } from "../../../evaluation/significance.js";
import { recipeText } from "../../../training/search/define-search.js";
import type { SearchResult } from "../../../training/search/run-search.js";
import type { Trial } from "../../../training/search/study.js";
import type { Range } from "../../../training/search-spaces.js";
import { show, showMarkdown, showTable } from "../../display.js";
import type { SearchedPair } from "./search-settings.js";

/** What every trial reached, with the best so far; and the chosen settings beside the recipe's. */
export async function showSearchHistory({ search, trials, best }: SearchResult): Promise<void> {
  const charted = chartedTrials(trials);
  if (charted.length > 0) await show(searchHistory(charted, `Search of ${search.base.model}: trials`));
  if (best === null) return;
  showTable(
    Object.entries(best.settings).map(([path, text]) => ({
      setting: path,
      recipe: recipeText(search, path),
      chosen: text,
    })),
    { caption: `Trial ${best.number}, the best on validation` },
  );
}

/** Which settings matter: each one's share of the variance of the scores (fANOVA, Hutter et al. 2014). */
export async function showSettingImportance({ importance, trials }: SearchResult): Promise<void> {
  if (importance.length === 0) {
    showMarkdown("Too few trials are complete to tell which settings matter.");
    return;
  }
  const whole = trials.filter(({ score }) => score !== null).length;
  const shares = importance.map(({ setting, share }) => ({ setting: shortName(setting), share }));
  await show(settingImportance(shares, `Importance of each setting, from ${whole} complete trials`));
}

/** Every trial as a line through its settings. */
export async function showParallelSettings({ search, trials }: SearchResult): Promise<void> {
  const charted = chartedTrials(trials);
  if (charted.length === 0) return;
  const shown = trials.filter((trial) => reachedBy(trial) !== null);
  await show(
    parallelSettings(
      charted,
      Object.entries(search.space).map(([path, range]) => chartedSetting(path, range, shown)),
      `Search of ${search.base.model}: settings of each trial`,
    ),
  );
}

/** What the chosen settings gain on test clips over the recipe, with paired intervals, whatever it is. */
export async function showSearchGain({ chosen, recipe }: SearchedPair): Promise<void> {
  const difference = comparePaired(recipe.test, chosen.test).uar;
  await show(
    dotsWithIntervals(
      [
        { name: "recipe", run: recipe },
        { name: "chosen by the search", run: chosen },
      ].map(({ name, run }) => ({
        name,
        value: run.metrics.test.all.uar.value,
        interval: run.metrics.test.all.uar.clip,
      })),
      { title: "Test clips, with 95% intervals by clip", nameTitle: "", valueTitle: "UAR" },
    ),
  );
  const [low, high] = difference.clip;
  const verdict =
    chosen.hash === recipe.hash
      ? "The search chose the recipe itself."
      : low <= 0 && high >= 0
        ? "The interval contains 0: on new clips the chosen settings may be no better than the recipe's."
        : `The interval does not contain 0: the chosen settings are ${low > 0 ? "better" : "worse"}.`;
  showMarkdown(
    `The chosen settings gain ${percent(difference.value)} points of UAR over the recipe, ${percentIntervals(difference)}. ${verdict}`,
  );
  showTable(
    [
      { settings: "recipe", run: recipe },
      { settings: "chosen", run: chosen },
    ].map(({ settings, run }) => ({
      settings,
      run: run.hash,
      epochs: run.metrics.epochs,
      "validation UAR": run.metrics.validation.all.uar.value,
      "test UAR": run.metrics.test.all.uar.value,
    })),
    { percent: ["validation UAR", "test UAR"] },
  );
}

/** The best score of a trial, whole or pruned; null before its first report. */
function reachedBy({ score, scores }: Trial): number | null {
  return score ?? scores.at(-1)?.score ?? null;
}

function chartedTrials(trials: readonly Trial[]): ChartedTrial[] {
  return trials.flatMap((trial) => {
    const score = reachedBy(trial);
    return score === null ? [] : [{ number: trial.number, score, isPruned: trial.score === null }];
  });
}

/** A setting's name without what all of them begin with: `mixup.share`. */
function shortName(path: string): string {
  return path.replace(/^(training|options)\./, "").replace("augmentation.", "");
}

/** A setting's short name, and where the trials lie in its range. */
function chartedSetting(path: string, range: Range, trials: readonly Trial[]): ChartedSetting {
  const texts = trials.map(({ settings }) => settings[path]!);
  const name = shortName(path);
  if (range.kind === "choice") {
    const values = range.values.map((value) => JSON.stringify(value));
    const last = Math.max(1, values.length - 1);
    return {
      name,
      low: values[0]!,
      high: values.at(-1)!,
      places: texts.map((text) => values.indexOf(text) / last),
    };
  }
  const { low, high } = range;
  const isLogarithmic = range.kind === "number" && range.scale === "logarithmic";
  const scale = isLogarithmic ? Math.log : (value: number): number => value;
  return {
    name,
    low: String(low),
    high: String(high),
    places: texts.map((text) => (scale(Number(text)) - scale(low)) / (scale(high) - scale(low))),
  };
}
