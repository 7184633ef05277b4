// The memory of a process and of those that it started, while it works.
import { memoryOf } from "../process-status.mjs";
import { check } from "./part.mjs";

/** What garbage collection alone may move, MiB, and as a share. */
const tolerated = { mebibytes: 48, share: 0.15 };

/**
 * Notes the resident memory every second (at most 1,000 times) until it is stopped.
 * @param {number} pid
 * @param {number} seconds how long it will be about
 */
export function watchMemory(pid, seconds) {
  /** @type {number[]} */
  const seen = [];
  const timer = setInterval(() => seen.push(memoryOf(pid)), Math.max(1000, seconds));
  return {
    /** Whether the last quarter is where the second one was: the first is for loading and warming up. */
    stop() {
      clearInterval(timer);
      const quarter = Math.floor(seen.length / 4);
      const [before, after] = [
        median(seen.slice(quarter, 2 * quarter)),
        median(seen.slice(-Math.max(1, quarter))),
      ];
      const most = before * (1 + tolerated.share) + tolerated.mebibytes;
      const figures = `${before} MiB in the second quarter of the time, ${after} MiB in the last`;
      return { flat: check("memory stays flat", before > 0 && after <= most, figures), figures };
    },
  };
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
