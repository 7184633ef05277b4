import type { Command } from "commander";
import { oneLine } from "../core/shown-text.js";
import { exitCodes } from "./exit-codes.js";
import { openWorkplace } from "./global-options.js";
import { printJson } from "./print-json.js";

/** `affectlab verify`: committed metrics follow from predictions, and predictions from weights. */
export function addVerifyCommand(program: Command): void {
  program
    .command("verify")
    .description(
      "Recompute every committed metric and, with the corpora at hand, 200 predictions of each model.",
    )
    .option("--json", "print the findings as JSON")
    .addHelpText(
      "after",
      `
Exit code: 0 when everything holds, 1 when anything does not.

Examples:
  affectlab verify
  affectlab verify --json`,
    )
    .action(async ({ json }: { json?: true }, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const [{ verifyPublished }, { openProgress }, { alignTable }] = await Promise.all([
        import("./verify-published.js"),
        import("./terminal-progress.js"),
        import("./text-table.js"),
      ]);
      const progress = await openProgress();
      const found = await verifyPublished(settings, progress.listener).finally(progress.close);
      const faults = found.flatMap(({ place, faults }) => faults.map((fault) => `${place}: ${fault}`));
      log.info({ results: found.length, faults: faults.length }, "verified");
      if (faults.length > 0) process.exitCode = exitCodes.failure;
      if (json === true) {
        printJson(found);
        return;
      }
      if (found.length === 0) {
        console.log("Nothing is published in results/ yet.");
        return;
      }
      const rows = found.map(({ place, faults, predictedClips, note }) => [
        place,
        faults.length === 0 ? "holds" : `${faults.length} faults`,
        predictedClips > 0 ? `${predictedClips} clips` : "-",
        note,
      ]);
      console.log(alignTable(["result", "verdict", "predicted again", "remark"], rows));
      if (faults.length > 0) console.log(`\n${faults.map(oneLine).join("\n")}`);
    });
}
