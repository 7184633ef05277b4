import type { Command } from "commander";
import { openWorkplace, wholeNumber } from "./global-options.js";

/** `affectlab runs`: what the store has, and how two runs differ. */
export function addRunsCommand(program: Command): void {
  const runs = program
    .command("runs")
    .description("List, show, compare, restore and prune the runs of the store.")
    .addHelpText(
      "after",
      `
A run is named by its hash, or the first digits of it.

Examples:
  affectlab runs list
  affectlab runs show 3f2a91
  affectlab runs diff 3f2a91 90bd04
  affectlab runs restore
  affectlab runs prune --yes`,
    );
  runs
    .command("list", { isDefault: true })
    .description("List every run, newest first (the default).")
    .option("--json", "print JSON instead of a table")
    .addHelpText("after", "\nExamples:\n  affectlab runs list\n  affectlab runs list --json")
    .action(async ({ json }: { json?: true }, command: Command) => {
      const { settings } = await openWorkplace(command);
      await (await import("./runs-show.js")).printRuns(settings, json === true);
    });
  runs
    .command("show")
    .description("Show a run's specification and metrics.")
    .argument("<run>", "a hash")
    .option("--json", "print JSON instead of text")
    .addHelpText("after", "\nExamples:\n  affectlab runs show 3f2a91\n  affectlab runs show 3f2a91 --json")
    .action(async (prefix: string, { json }: { json?: true }, command: Command) => {
      const { settings } = await openWorkplace(command);
      await (await import("./runs-show.js")).printRun(prefix, settings, json === true);
    });
  runs
    .command("diff")
    .description("Show where two runs' specifications differ, and their test metrics side by side.")
    .argument("<first>", "a hash")
    .argument("<second>", "a hash")
    .option("--json", "print JSON instead of tables")
    .addHelpText(
      "after",
      `
Where both judged the same test clips, the difference (second less first) has a paired bootstrap interval and McNemar's
test.

Examples:
  affectlab runs diff 3f2a91 90bd04`,
    )
    .action(async (first: string, second: string, { json }: { json?: true }, command: Command) => {
      const { settings } = await openWorkplace(command);
      await (await import("./runs-diff.js")).printDifference(first, second, settings, json === true);
    });
  runs
    .command("restore")
    .description(
      "Put published results back into the store, so that notebooks read them instead of training again.",
    )
    .argument("[rows...]", "names under results/ (all where none is given)")
    .addHelpText(
      "after",
      `
A clone has results/ and models/, and an empty store. What the store has stays as it is. Of runs whose weights are not
published, predictions and figures are restored.

Examples:
  affectlab runs restore
  affectlab runs restore resnet whisper`,
    )
    .action(async (rows: string[], _: unknown, command: Command) => {
      await (await import("./runs-restore.js")).printRestored(rows, await openWorkplace(command));
    });
  runs
    .command("prune")
    .description("Free space: unfinished runs that nothing has touched for a while, and older checkpoints.")
    .option("--idle-hours <number>", "how long an unfinished run must have rested", wholeNumber, 24)
    .option("--yes", "delete; without it, only tell what would be deleted")
    .addHelpText(
      "after",
      `
Results stay, and so do the best and the last checkpoint of every finished run.

Examples:
  affectlab runs prune
  affectlab runs prune --idle-hours 0 --yes`,
    )
    .action(async (flags: { idleHours: number; yes?: true }, command: Command) => {
      const workplace = await openWorkplace(command);
      await (await import("./runs-prune.js")).pruneRuns(flags.idleHours, flags.yes === true, workplace);
    });
}
