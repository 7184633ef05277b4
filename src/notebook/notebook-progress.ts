import { percent } from "../core/percent.js";
import { formatSeconds, type ProgressListener, type ProgressState } from "../core/progress.js";
import { escapeHtml } from "./reports/escape.js";
import { type UpdatableDisplay, updatable } from "./updatable.js";

/** Milliseconds between updates: four a second are smooth enough and cost nothing. */
const between = 250;

/**
 * A progress listener that shows one bar below the cell and updates it in place, at most four times a second; the end
 * of a task is always shown. Outside a notebook it shows nothing.
 */
export function notebookProgress(output: UpdatableDisplay = updatable()): ProgressListener {
  let shownAt = Number.NEGATIVE_INFINITY;
  let waiting: ProgressState | null = null;
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting === null) return;
    output.update({ "text/html": progressHtml(waiting), "text/plain": progressText(waiting) });
    waiting = null;
    shownAt = performance.now();
  };
  return (state) => {
    waiting = state;
    const wait = shownAt + between - performance.now();
    if (wait <= 0 || state.done >= state.total) flush();
    // What comes too early is shown a little later, unless something newer takes its place.
    else timer ??= setTimeout(flush, wait);
  };
}

/** A state as one line of text, with a bar of 20 characters. */
export function progressText(state: ProgressState): string {
  const filled = Math.round(20 * shareOf(state));
  return `${state.task} [${"█".repeat(filled)}${"░".repeat(20 - filled)}] ${factsOf(state).join(" · ")}`;
}

/** A state as HTML: a bar and its facts. */
export function progressHtml(state: ProgressState): string {
  return (
    `<div><strong>${escapeHtml(state.task)}</strong> ` +
    `<progress value="${percent(shareOf(state))}" max="100" style="width:16em;vertical-align:middle"></progress> ` +
    `<span>${escapeHtml(factsOf(state).join(" · "))}</span></div>`
  );
}

function shareOf({ done, total }: ProgressState): number {
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
}

function factsOf(state: ProgressState): string[] {
  const { done, total, rate, etaSeconds, note } = state;
  const facts = [`${done.toLocaleString("en")} of ${total.toLocaleString("en")}`];
  if (rate > 0) facts.push(`${rate >= 10 ? Math.round(rate).toLocaleString("en") : rate.toPrecision(2)}/s`);
  if (done >= total) facts.push("done");
  else if (etaSeconds > 0) facts.push(`${formatSeconds(etaSeconds)} left`);
  if (note !== "") facts.push(note);
  return facts;
}
