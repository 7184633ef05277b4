import { restoreRuns } from "../training/restore.js";
import type { Workplace } from "./global-options.js";
import { alignTable } from "./text-table.js";

/** Puts published results back into the store and prints which. */
export async function printRestored(rows: readonly string[], { settings, log }: Workplace): Promise<void> {
  const restored = await restoreRuns(rows, settings);
  if (restored.length === 0) {
    console.log("The store has all of them already.");
    return;
  }
  const cells = restored.map(({ hash, place, hasWeights }) => [hash, place, hasWeights ? "yes" : "no"]);
  console.log(alignTable(["run", "result", "weights"], cells));
  log.info({ restored: restored.length }, "runs restored");
}
