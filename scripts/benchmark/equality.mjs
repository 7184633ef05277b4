// Holds the sides of a task to the same network before anything is timed.
import { SetupError } from "../setup/setup-error.mjs";

/** Float32 sums in another order: logits may differ by this share of the largest. */
const logitsTolerance = 1e-4;
/** Losses of the first steps: equal networks under equal optimisers drift apart by rounding alone. */
const lossTolerance = { float32: 0.01, bf16: 0.05 };

/**
 * @typedef {object} Prepared what a side tells of its network
 * @property {number} parameters
 * @property {number[]} logits of the shared batch, in inference
 * @property {number[]} losses of the first training steps
 */

/**
 * Throws a SetupError that names the task and the side whose network, forward pass or optimiser is another one.
 * @param {string} task
 * @param {string} side
 * @param {Prepared} ours
 * @param {Prepared} other
 * @param {"float32" | "bf16"} precision
 * @param {"float32" | "bf16"} judgedIn the precision of the other side's logits
 */
export function requireSameNetwork(task, side, ours, other, precision, judgedIn = "float32") {
  const complain = (/** @type {string} */ what) => {
    throw new SetupError(`${task}: ${side} is not the network that ours is: ${what}.`);
  };
  if (ours.parameters !== other.parameters) {
    complain(`${other.parameters} parameters where ours has ${ours.parameters}`);
  }
  const logits = distance(ours.logits, other.logits);
  if (!(logits <= (judgedIn === "bf16" ? 0.05 : logitsTolerance))) {
    complain(`one forward pass differs by ${(100 * logits).toPrecision(3)}% of the largest logit`);
  }
  const losses = distance(ours.losses.slice(0, other.losses.length), other.losses);
  if (!(losses <= lossTolerance[precision])) {
    complain(`losses of the first steps are ${write(other.losses)} where ours are ${write(ours.losses)}`);
  }
}

/** The largest difference as a share of the largest value. @param {number[]} a @param {number[]} b */
function distance(a, b) {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  const largest = Math.max(...a.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - /** @type {number} */ (b[i])))) / largest;
}

/** @param {number[]} losses */
function write(losses) {
  return losses.map((loss) => loss.toFixed(4)).join(", ");
}
