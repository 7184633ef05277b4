// kill -9 at random moments: the same work again and again, each time cut off somewhere else, and started again.
import { isDeepStrictEqual } from "node:util";
import { check, checkNone } from "./part.mjs";
import { runAndKill, runToEnd } from "./product.mjs";

/**
 * @typedef {object} Scenario work that may be cut off
 * @property {() => import("./laboratory.mjs").Workplace | Promise<import("./laboratory.mjs").Workplace>} prepare a new place to do it in
 * @property {(place: import("./laboratory.mjs").Workplace) => readonly string[]} command
 * @property {import("./product.mjs").StartOptions} [how]
 * @property {(place: import("./laboratory.mjs").Workplace, last: import("./product.mjs").Ended) => unknown} outcome
 *   what it came to, without what may differ (times): equal for equal work
 * @property {(place: import("./laboratory.mjs").Workplace) => readonly string[] | Promise<readonly string[]>} damage
 *   what is read as whole and is not, after a kill; empty when all is well
 */

/** Kills in a row before the work is let run to its end. */
const killsInARow = 5;

/**
 * Does the work undisturbed, then kills it `amounts.kills` times, at moments spread over the time that it took: up to five
 * in a row, then it runs to its end and must have come to what the undisturbed work came to.
 * @param {Scenario} scenario
 * @param {import("./part.mjs").Context} context
 * @returns {Promise<import("./part.mjs").Findings>}
 */
export async function killAndCompare(scenario, { amounts, random, note }) {
  const { how } = scenario;
  const undisturbed = await scenario.prepare();
  note("undisturbed");
  const first = await runToEnd(undisturbed, scenario.command(undisturbed), how);
  if (first.code !== 0)
    return { checks: [check("the work can be done undisturbed", false, first.stderr.slice(-1000))] };
  const expected = await scenario.outcome(undisturbed, first);

  const moments = spreadMoments(amounts.kills, first.seconds, random);
  const seen = newNotes();
  let done = 0;
  let early = 0;
  while (done < amounts.kills && early < 2 * amounts.kills) {
    const place = await scenario.prepare();
    for (let inARow = 0; inARow < killsInARow && done < amounts.kills; inARow++) {
      const seconds = moments[done] ?? 0;
      note(`kill ${done + 1} of ${amounts.kills}, after ${seconds.toFixed(1)} s`);
      const killed = await runAndKill(place, scenario.command(place), seconds, how);
      if (killed.signal === null) {
        // Faster than the undisturbed work, because much was done already: killed earlier the next time.
        if (killed.code !== 0) seen.failures.push(lastLine(killed.stderr));
        moments[done] = seconds * random.next();
        early += 1;
        break;
      }
      done += 1;
      seen.moments.push(`${seconds.toFixed(1)} s (${lastLine(killed.stderr) || "nothing said yet"})`);
      seen.survivors.push(...killed.survivors);
      seen.damage.push(...(await scenario.damage(place)));
    }
    note("to its end");
    const last = await runToEnd(place, scenario.command(place), how);
    if (last.code !== 0) seen.failures.push(lastLine(last.stderr));
    else seen.differences.push(...differencesBetween(expected, await scenario.outcome(place, last)));
    seen.damage.push(...(await scenario.damage(place)));
  }
  return {
    checks: [
      check(
        `killed ${amounts.kills} times`,
        done === amounts.kills,
        done < amounts.kills ? `${done} times` : "",
      ),
      checkNone("started again, it always came to its end", seen.failures),
      checkNone("the outcome equals that of the work that was never stopped", seen.differences),
      checkNone("no half file was read as whole", seen.damage),
      checkNone("nothing that it had started lived on", seen.survivors),
    ],
    notes: [
      `Undisturbed it took ${first.seconds.toFixed(1)} s.`,
      `Killed after ${seen.moments.slice(0, 5).join("; ")}${seen.moments.length > 5 ? "; …" : "."}`,
    ],
  };
}

/** @returns {Record<"damage" | "failures" | "differences" | "survivors" | "moments", string[]>} */
const newNotes = () => ({ damage: [], failures: [], differences: [], survivors: [], moments: [] });

/**
 * Moments that cover the whole time, in random order: one drawn from each of `count` equal stretches.
 * @param {number} count
 * @param {number} seconds
 * @param {import("../../src/core/random.js").Random} random
 */
export function spreadMoments(count, seconds, random) {
  const moments = Array.from({ length: count }, (_, i) => ((i + random.next()) / count) * seconds);
  return random.shuffle(moments);
}

/**
 * The names of what differs between two outcomes.
 * @param {unknown} expected
 * @param {unknown} actual
 * @returns {string[]}
 */
export function differencesBetween(expected, actual) {
  if (isDeepStrictEqual(expected, actual)) return [];
  const before = /** @type {Record<string, unknown>} */ (expected);
  const after = /** @type {Record<string, unknown>} */ (actual);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .map((name) => `${name} ${name in after ? (name in before ? "differs" : "is new") : "is missing"}`);
}

/** @param {string} text */
export function lastLine(text) {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return (lines.at(-1) ?? "").trim().slice(0, 200);
}
