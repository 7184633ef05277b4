// What decoding, augmentation and batch assembly cost: whole epochs as a share of the rate of bare steps.
import { runOnce } from "./one-shot.mjs";
import { makeRow } from "./row.mjs";

/**
 * @param {string} model
 * @param {import("./workplace.mjs").Workplace} workplace
 * @returns {Promise<import("./results-file.mjs").Row[]>}
 */
export async function measureEpochs(model, { effort }) {
  const rounds = String(Math.ceil(effort.rounds / 2));
  return /** @type {const} */ (["float32", "bf16"]).map((precision) => {
    const { stepRates, epochRates } = runOnce(process.execPath, "epoch-rate.mjs", [model, precision, rounds]);
    const shares = epochRates.map(
      (/** @type {number} */ rate, /** @type {number} */ i) => rate / stepRates[i],
    );
    const [first] = epochRates;
    return makeRow({
      task: `epoch-${model}`,
      unit: "share of the step rate",
      precision,
      repeats: { ours: shares },
      missing: { pytorch: "a share of our own step rate" },
      note: `the full recipe's epochs, about ${Math.round(first)} clips/s`,
    });
  });
}
