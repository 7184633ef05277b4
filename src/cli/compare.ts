import { relative } from "node:path";
import type { Command } from "commander";
import { pValueText } from "../core/p-value.js";
import { percent, percentFigure } from "../core/percent.js";
import { openWorkplace } from "./global-options.js";
import { printJson } from "./print-json.js";
import { alignTable } from "./text-table.js";

/** `affectlab compare`: every row on both protocols, from what is committed in results/. */
export function addCompareCommand(program: Command): void {
  program
    .command("compare")
    .description(
      "Rank every row on both protocols from what results/ holds, and write results/comparison/: JSON, CSV and a picture.",
    )
    .option("--json", "print the comparison as JSON instead of a table")
    .addHelpText(
      "after",
      `
A row that is not published is shown as not run, with the command that runs it.

Examples:
  affectlab compare
  affectlab compare --json`,
    )
    .action(async ({ json }: { json?: true }, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const [
        { compareRows },
        { rankedProtocols, textWithoutFigure },
        { missingResults },
        { writeComparison },
      ] = await Promise.all([
        import("../notebook/studies/comparison/compare.js"),
        import("../notebook/studies/comparison/comparison.js"),
        import("../notebook/studies/comparison/rank-rows.js"),
        import("../notebook/studies/comparison/write-comparison.js"),
      ]);
      const comparison = await compareRows(settings);
      const folder = await writeComparison(comparison, settings);
      log.info({ rows: comparison.rows.length, folder }, "compared");
      if (json === true) {
        printJson(comparison);
        return;
      }
      const cells = comparison.rows.map(({ name, results }) => [
        name,
        ...rankedProtocols.flatMap((protocol) => {
          const result = results[protocol];
          if (result.state !== "run") return [textWithoutFigure(result), ""];
          const behind = result.behindBest;
          return [
            percentFigure(result.figure),
            behind === null ? "best" : `-${percent(behind.value)} (${pValueText(behind.pValueClip)})`,
          ];
        }),
      ]);
      const header = ["row", "new voices, UAR %", "to the best", "known voices, accuracy %", "to the best"];
      console.log(alignTable(header, cells));
      const missing = missingResults(comparison).map((result) => result.command);
      if (missing.length > 0) console.log(`\nNot run:\n  ${missing.join("\n  ")}`);
      console.log(`\n${relative(process.cwd(), folder)}`);
    });
}
