/** A share in percent with one decimal: 0.726 is "72.6". */
export function percent(share: number): string {
  return (100 * share).toFixed(1);
}

/** The same with its sign: "72.6%". */
export function percentSign(share: number): string {
  return `${percent(share)}%`;
}

/** A share in whole percent with its sign: 0.726 is "73%". */
export function wholePercent(share: number): string {
  return `${Math.round(100 * share)}%`;
}

/** Both ends of an interval of shares in percent: "70.8 to 74.4". */
export function percentRange([low, high]: readonly [number, number]): string {
  return `${percent(low)} to ${percent(high)}`;
}

/** The same for a cell of a table: a dash where there is no interval. */
export function percentRangeCell(interval: readonly [number, number] | null): string {
  return interval === null ? "–" : percentRange(interval);
}

/** A figure for a cell of a table, with its interval by clip: "72.6 (70.8 to 74.4)". */
export function percentCell(figure: {
  readonly value: number;
  readonly clip: readonly [number, number];
}): string {
  return `${percent(figure.value)} (${percentRange(figure.clip)})`;
}

/** Both ends in brackets: "[70.8, 74.4]". */
export function percentBrackets([low, high]: readonly [number, number]): string {
  return `[${percent(low)}, ${percent(high)}]`;
}

/** A figure with its interval by clip, in percent: "72.6 [70.8, 74.4]". */
export function percentFigure(figure: {
  readonly value: number;
  readonly clip: readonly [number, number];
}): string {
  return `${percent(figure.value)} ${percentBrackets(figure.clip)}`;
}

/** Both intervals of a figure in percent: "95% interval -0.4 to 2.4 by clip, -0.5 to 2.5 by speaker". */
export function percentIntervals(figure: {
  readonly clip: readonly [number, number];
  readonly speaker: readonly [number, number] | null;
}): string {
  const bySpeaker = figure.speaker === null ? "" : `, ${percentRange(figure.speaker)} by speaker`;
  return `95% interval ${percentRange(figure.clip)} by clip${bySpeaker}`;
}
