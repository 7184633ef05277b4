// What decoding, augmentation and batch assembly cost: whole epochs as a share of the rate of bare steps.
import { runOnce } from "./one-shot.mjs";
import { makeRow } from "./row.mjs";

/**
 * @param {string} model
 * @param {import("./workplace.mjs").Workplace} workplace
 * @returns {Promise<import("./results-file.mjs").Row[]>}
 */
export async function measureEpochs(model, { effort }) {
  const rounds = String(effort.rounds);
  return /** @type {const} */ (["float32", "bf16"]).map((precision) => {
    const { stepRates, epochRates } = runOnce(process.execPath, "epoch-rate.mjs", [model, precision, rounds]);
    // The machine's own pace drifts by more than what is looked for: each epoch beside the steps before and behind it.
    const shares = epochRates.map(
      (/** @type {number} */ rate, /** @type {number} */ i) => rate / ((stepRates[i] + stepRates[i + 1]) / 2),
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
