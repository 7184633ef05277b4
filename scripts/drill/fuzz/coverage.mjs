// Which blocks of the code have run, by V8's own counters: what guides the fuzzer.
import { Session } from "node:inspector/promises";

/**
 * Begins to count in scripts whose address matches. Only what is loaded afterwards is counted block by block.
 * @param {RegExp} scripts
 */
export async function openCoverage(scripts) {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return {
    /** The places that have run since the last call. @returns {Promise<Set<string>>} */
    async take() {
      const { result } = /** @type {any} */ (await session.post("Profiler.takePreciseCoverage"));
      /** @type {Set<string>} */
      const places = new Set();
      for (const { url, scriptId, functions } of result) {
        if (!scripts.test(url)) continue;
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges)
            if (count > 0) places.add(`${scriptId}:${startOffset}-${endOffset}`);
      }
      return places;
    },
  };
}
