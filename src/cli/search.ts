import type { Command } from "commander";
import type { Logger } from "pino";
import { percent } from "../core/percent.js";
import type { Settings } from "../core/settings.js";
import type { SearchResult } from "../training/search/run-search.js";
import { fromOne, openWorkplace } from "./global-options.js";
import { printJson } from "./print-json.js";
import { addRunOptions, type RunFlags } from "./run-options.js";

export interface SearchFlags extends RunFlags {
  readonly trials: number;
  readonly epochs?: number;
  readonly workers: number;
  readonly storage?: string;
  readonly json?: true;
}

/** `affectlab search`: better settings for an architecture, judged on validation clips alone. */
export function addSearchCommand(program: Command): void {
  const command = program
    .command("search")
    .description("Search better settings for a model with Optuna, on validation clips alone.")
    .argument("<model>", "an architecture with a search space, such as resnet");
  addRunOptions(command, "change a field for every trial")
    .option("-t, --trials <number>", "settings that the study is to try, pruned ones among them", fromOne, 20)
    .option("-e, --epochs <number>", "epochs of each trial (default: the recipe's)", fromOne)
    .option("-w, --workers <number>", "processes that share the trials", fromOne, 1)
    .option("--storage <url>", "of the study: sqlite:// or postgresql:// (default: a file in the store)")
    .option("--json", "print the study as JSON instead of tables")
    .addHelpText(
      "after",
      `
The same command goes on with the same study; Ctrl-C and SIGTERM end it after the current step and lose nothing.
Started on several machines with one --storage postgresql://... they share the trials. Test clips are not looked at:
that is left to one run of \`affectlab train\` with the settings that were chosen, which the end of a search names.

Examples:
  affectlab search resnet --protocol speaker-independent --trials 6 --epochs 3
  affectlab search resnet --protocol speaker-independent --profile full --trials 20 --workers 2
  affectlab search lstm --protocol combined --profile full --storage postgresql://lab@db.example/affectlab`,
    )
    .action(async (model: string, flags: SearchFlags, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const result = await search(model, flags, settings, log);
      await tell(result, flags);
    });
}

async function search(
  model: string,
  flags: SearchFlags,
  settings: Settings,
  log: Logger,
): Promise<SearchResult> {
  const [{ defineSearch }, { readSearch, runSearch }, { withProgress }] = await Promise.all([
    import("../training/search/define-search.js"),
    import("../training/search/run-search.js"),
    import("./long-command.js"),
  ]);
  const { protocol, fold = null, corpora, epochs, set, trials, workers } = flags;
  const request = {
    model,
    protocol,
    fold,
    changes: set,
    ...(corpora !== undefined && { corpora }),
    ...(epochs !== undefined && { epochs }),
  };
  const search = await defineSearch(request, settings);
  const stored = { settings, ...(flags.storage !== undefined && { storage: flags.storage }) };
  log.info({ study: search.name, trials, workers }, "search starts");
  if (workers > 1) {
    await readSearch(search, stored); // makes the study, or says at once why it cannot be used
    const { runWorkers } = await import("./search-workers.js");
    await runWorkers(workers);
    return await readSearch(search, stored);
  }
  return await withProgress(async ({ listener, stop }) => {
    // A worker whose parent is gone has nobody to work for.
    process.channel?.unref();
    process.once("disconnect", () => stop.request());
    return await runSearch(search, {
      ...stored,
      trials,
      stop,
      onProgress: listener,
      onTrial: (trial, state, score) => log.info({ study: search.name, trial, state, score }, "trial ended"),
    });
  });
}

/** Prints what a search has found. */
async function tell({ search, trials, best, command, importance }: SearchResult, flags: SearchFlags) {
  if (flags.json === true) {
    const told = {
      study: search.name,
      base: search.base,
      space: search.space,
      trials,
      best,
      command,
      importance,
    };
    printJson(told);
    return;
  }
  const [{ alignTable }, { recipeText }] = await Promise.all([
    import("./text-table.js"),
    import("../training/search/define-search.js"),
  ]);
  const rows = trials.map(({ number, state, score, scores, run }) => [
    String(number),
    state,
    score === null ? "-" : percent(score),
    String(scores.at(-1)?.epoch ?? 0),
    run ?? "-",
  ]);
  const header = ["trial", "state", "validation %", "epochs", "run"];
  console.log(alignTable(header, rows, ["right", "left", "right", "right", "left"]));
  const open = trials.filter(({ state }) => state === "running" || state === "waiting").length;
  if (open > 0)
    console.log(`\nNot finished: ${open}. Another process has them, or the same command goes on.`);
  if (best === null || command === null) return;
  const shares = new Map(importance.map(({ setting, share }) => [setting, share]));
  const settings = Object.entries(best.settings).map(([path, text]) => [
    path,
    recipeText(search, path),
    text,
    shares.has(path) ? percent(shares.get(path)!) : "-",
  ]);
  console.log(`\nBest on validation is trial ${best.number}:\n`);
  const columns = ["setting", "recipe", "chosen", "importance %"];
  console.log(alignTable(columns, settings, ["left", "right", "right", "right"]));
  if (search.base.profile === "sample") console.log("\nSynthetic speech: this is no result.");
  console.log(`\nIts test clips are looked at once, by\n\n    ${command}`);
}
