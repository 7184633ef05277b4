import { median, ratioOf, significant, spread } from "./statistics.mjs";

/** @typedef {import("./results-file.mjs").Row} Row */

/**
 * A row from the repeats of each side: medians, ratios, spreads.
 * @param {object} measured
 * @param {string} measured.task
 * @param {Row["unit"]} measured.unit
 * @param {Row["precision"]} [measured.precision]
 * @param {Partial<Record<"ours" | "stock" | "keras" | "pytorch" | "librosa", readonly number[]>>} measured.repeats
 * @param {Record<string, string>} [measured.missing]
 * @param {string} [measured.note]
 * @returns {Row}
 */
export function makeRow({ task, unit, precision = "float32", repeats, missing = {}, note }) {
  const measured = Object.entries(repeats).filter(([, values]) => values.length > 0);
  /** @param {keyof typeof repeats} side */
  const figure = (side) => {
    const values = repeats[side] ?? [];
    return values.length === 0 ? null : significant(median(values));
  };
  const [ours, pytorch, librosa] = [figure("ours"), figure("pytorch"), figure("librosa")];
  return {
    task,
    precision,
    unit,
    ours,
    stock: figure("stock"),
    keras: figure("keras"),
    pytorch,
    ratioToPytorch: rounded(ratioOf(ours, pytorch, unit)),
    ...(librosa !== null && { librosa, ratioToLibrosa: rounded(ratioOf(ours, librosa, unit)) }),
    repeats: Object.fromEntries(
      measured.map(([side, values]) => [
        side,
        { values: values.map((value) => significant(value)), spread: significant(spread(values), 2) },
      ]),
    ),
    missing,
    ...(note !== undefined && { note }),
  };
}

/** @param {number | null} ratio */
function rounded(ratio) {
  return ratio === null ? null : significant(ratio, 3);
}
