import type { Command } from "commander";
import { percent } from "../core/percent.js";
import type { Settings } from "../core/settings.js";
import type { GroupMetrics } from "../evaluation/report.js";
import type { StudyRun } from "../training/study/plan-study.js";
import { openWorkplace } from "./global-options.js";
import { alignTable } from "./text-table.js";

/** `affectlab study`: many runs by one file; `workflow/Snakefile` spreads them over machines. */
export function addStudyCommand(program: Command): void {
  const study = program
    .command("study")
    .description("Protocols × models × seeds × folds × settings by one file (docs/study.md).")
    .addHelpText(
      "after",
      `
Examples:
  affectlab study plan workflow/study.yaml     what it is, and what of it is finished
  affectlab study table workflow/study.yaml    the figures of what is finished`,
    );
  study
    .command("plan")
    .description("The runs of a study, and which of them the store has.")
    .argument("<file>", "the study's YAML file")
    .option("--json", "print every run with the arguments that make it, as workflow/Snakefile reads them")
    .addHelpText("after", "\nExamples:\n  affectlab study plan workflow/study.yaml")
    .action(async (file: string, flags: { json?: true }, command: Command) => {
      const { settings } = await openWorkplace(command);
      const { name, runs } = await planOf(file, settings);
      if (flags.json === true) {
        console.log(JSON.stringify({ name, home: settings.home, runs }));
        return;
      }
      const found = await readFound(runs, settings);
      const rows = [...new Set(runs.map(groupOf))].map((group) => {
        const own = runs.filter((run) => groupOf(run) === group);
        const finished = own.filter(({ run }) => found.has(run)).length;
        const { setting, protocol, model } = own[0]!;
        return [setting, protocol, model, String(own.length), String(finished)];
      });
      const header = ["setting", "protocol", "model", "runs", "finished"];
      console.log(alignTable(header, rows, ["left", "left", "left", "right", "right"]));
      console.log(`\n${runs.length} runs, ${found.size} of them finished.`);
    });
  study
    .command("table")
    .description("The figures of a study's finished runs, from the store.")
    .argument("<file>", "the study's YAML file")
    .option("--csv", "print a line a run")
    .addHelpText("after", "\nExamples:\n  affectlab study table workflow/study.yaml --csv > table.csv")
    .action(async (file: string, flags: { csv?: true }, command: Command) => {
      const { settings } = await openWorkplace(command);
      const { runs } = await planOf(file, settings);
      const found = await readFound(runs, settings);
      const header = ["setting", "protocol", "model", "fold", "seed", "n", "accuracy", "uar", "run"];
      const write = (share: number): string => (flags.csv === true ? share.toFixed(6) : percent(share));
      const rows = runs.flatMap(({ run, setting, protocol, model, fold, seed }) => {
        const metrics = found.get(run);
        if (metrics === undefined) return [];
        const { n, accuracy, uar } = metrics;
        const figures = [String(n), write(accuracy.value), write(uar.value), run];
        return [[setting, protocol, model, fold ?? "", String(seed), ...figures]];
      });
      if (flags.csv === true) {
        const { stringify } = await import("csv-stringify/sync");
        console.log(stringify([header, ...rows]).trimEnd());
        return;
      }
      const aligned = ["left", "left", "left", "left", "right", "right", "right", "right", "left"] as const;
      console.log(alignTable(header, rows, [...aligned]));
      if (rows.length < runs.length) console.log(`\n${runs.length - rows.length} runs are not finished.`);
    });
}

async function planOf(file: string, settings: Settings) {
  const [{ readStudyConfig }, { planStudy }] = await Promise.all([
    import("../training/study/study-config.js"),
    import("../training/study/plan-study.js"),
  ]);
  const config = await readStudyConfig(file);
  return { name: config.name, runs: await planStudy(config, settings) };
}

/** The test figures over all clips of the runs that the store has, by hash. */
async function readFound(runs: readonly StudyRun[], settings: Settings): Promise<Map<string, GroupMetrics>> {
  const [{ readJson }, { runFiles }] = await Promise.all([
    import("../core/files.js"),
    import("../training/run-store.js"),
  ]);
  const found = new Map<string, GroupMetrics>();
  for (const { run } of runs) {
    const metrics = (await readJson(runFiles(run, settings).metrics)) as {
      test: { all: GroupMetrics };
    } | null;
    if (metrics !== null) found.set(run, metrics.test.all);
  }
  return found;
}

const groupOf = ({ setting, protocol, model }: StudyRun): string => `${setting} ${protocol} ${model}`;
