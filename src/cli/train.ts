import { type Command, Option } from "commander";
import type { Logger } from "pino";
import { LabError } from "../core/errors.js";
import { formatSeconds } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import type { BaselineName } from "../training/baselines/baseline-spec.js";
import type { ResultSpec, RunSpec } from "../training/run-spec.js";
import type { Run } from "../training/run-store.js";
import { namesList, openWorkplace } from "./global-options.js";
import { printJson } from "./print-json.js";
import { addRunOptions, type RunFlags } from "./run-options.js";

interface TrainFlags extends RunFlags {
  /** One of the options that every command has, where it was given. */
  readonly seed?: number;
  readonly rows?: string[];
  readonly force?: true;
  readonly withoutTest?: true;
  readonly json?: true;
}

/** `affectlab train`: one run, from the store when it is there, gone on with when it was cut off. */
export function addTrainCommand(program: Command): void {
  const command = program
    .command("train")
    .description(
      "Train a model on a protocol; a run that is finished is loaded, one that was cut off goes on.",
    )
    .argument("<model>", "an architecture, such as resnet; a baseline; or all: every row of the comparison");
  addRunOptions(command, "change a field of options, features or training")
    .option("--rows <names>", "with all: only these rows, separated by commas", namesList)
    .option("--force", "train again although the store has this run")
    .addOption(
      new Option(
        "--without-test",
        "stop short of the test clips and show validation: for choosing between settings",
      ).conflicts("force"),
    )
    .option("--json", "print metrics.json (without the test: what evaluate prints) instead of a table")
    .addHelpText(
      "after",
      `
Ctrl-C and SIGTERM end training after the current step; the same command goes on from there.

Examples:
  affectlab train resnet --protocol combined --profile quick
  affectlab train resnet --protocol speaker-independent --profile full --seed 1
  affectlab train resnet --protocol emobox-ravdess --fold 3 --profile full
  affectlab train all --protocol speaker-independent --profile full
  affectlab train resnet --protocol combined --corpora my-recordings,crema-d --profile full
  affectlab train lstm --protocol combined --set training.mixup.share=0.3 --without-test
  affectlab train resnet --protocol combined --set training.epochs=10 --set options.headUnits=64 \\
      --set features.bands=40 --set training.augmentation=null`,
    )
    .action(async (model: string, _own: TrainFlags, command: Command) => {
      const flags = command.optsWithGlobals<TrainFlags>();
      const { settings, log } = await openWorkplace(command);
      if (model === "all") {
        refuseForAll(flags);
        const { trainAll } = await import("./train-all.js");
        await trainAll(flags, settings, log);
        return;
      }
      if (flags.rows !== undefined)
        throw new LabError("--rows has a meaning for all alone.", "Leave it out.");
      const { isBaseline } = await import("../training/baselines/baseline-spec.js");
      if (isBaseline(model)) await fitOne(model, flags, settings, log);
      else if (flags.withoutTest === true)
        await trainOnly(await specOf(model, flags, settings), flags, settings, log);
      else await train(await specOf(model, flags, settings), flags, settings, log);
    });
}

/** Throws LabError for an option that is about one run. */
function refuseForAll({ fold, set, force, withoutTest, seed = 0 }: TrainFlags): void {
  const given = [
    fold !== undefined && "--fold",
    set.length > 0 && "--set",
    force === true && "--force",
    withoutTest === true && "--without-test",
    seed > 0 && "--seed", // rows come with seeds of their own
  ].filter((name) => name !== false);
  if (given.length > 0)
    throw new LabError(
      `${given.join(" and ")} has no meaning for all rows at once.`,
      "Train the row in question by its name.",
    );
}

async function specOf(model: string, flags: TrainFlags, settings: Settings): Promise<RunSpec> {
  const [{ defineRun }, { usualCorpora }, { changesOfRecipe }, { checkFold }] = await Promise.all([
    import("../training/define-run.js"),
    import("../training/usual-corpora.js"),
    import("../training/recipe-changes.js"),
    import("../protocols/draw-split.js"),
  ]);
  const changes = changesOfRecipe(model, settings.profile, flags.set);
  const fold = flags.fold ?? null;
  checkFold(flags.protocol, fold, flags.corpora ?? usualCorpora(flags.protocol));
  return await defineRun(
    {
      model,
      protocol: flags.protocol,
      fold,
      ...(flags.corpora !== undefined && { corpora: flags.corpora }),
      ...changes,
    },
    settings,
  );
}

async function train(spec: RunSpec, flags: TrainFlags, settings: Settings, log: Logger): Promise<void> {
  const [{ runHash }, { readRun }, { trainRun }, { withProgress }] = await Promise.all([
    import("../training/run-spec.js"),
    import("../training/run-store.js"),
    import("../training/train-run.js"),
    import("./long-command.js"),
  ]);
  const hash = runHash(spec);
  const force = flags.force === true;
  const isFinished = !force && (await readRun(hash, settings)) !== null;
  const { model, protocol, fold, seed, profile } = spec;
  log.info(
    { run: hash, model, protocol, fold, seed, profile },
    isFinished ? "run loaded" : "training starts",
  );
  const run = await withProgress(({ listener, stop }) =>
    trainRun(spec, { settings, force, onProgress: listener, stop }),
  ).catch((error: unknown) => {
    log.info({ run: hash, error: String(error) }, "training ended early");
    throw error;
  });
  log.info({ run: hash, epochs: run.metrics.epochs, seconds: run.metrics.seconds }, "training ended");
  await tell(run, isFinished, flags, settings);
}

/**
 * Trains and shows validation. The run stays unfinished in the store: `train` of the same specification judges it later,
 * without training again. Of one that is finished the figures are those that it has: a restored one may have no weights.
 */
async function trainOnly(spec: RunSpec, flags: TrainFlags, settings: Settings, log: Logger): Promise<void> {
  const [
    { runHash },
    { readRun },
    { trainUnjudged },
    { evaluateCheckpoint },
    { withProgress },
    { tellEvaluation },
  ] = await Promise.all([
    import("../training/run-spec.js"),
    import("../training/run-store.js"),
    import("../training/train-run.js"),
    import("../training/evaluate-checkpoint.js"),
    import("./long-command.js"),
    import("./evaluate.js"),
  ]);
  const run = runHash(spec);
  const metrics = await withProgress(async ({ listener, stop }) => {
    const finished = await readRun(run, settings);
    if (finished !== null) return finished.metrics.validation;
    const { epoch, bestEpoch, seconds } = await trainUnjudged(spec, { settings, onProgress: listener, stop });
    log.info({ run, epoch, bestEpoch, seconds }, "trained without the test");
    return await evaluateCheckpoint(spec, "best", "validation", { settings, onProgress: listener });
  });
  await tellEvaluation({ spec, which: "best", part: "validation", metrics }, flags.json === true);
}

/** A baseline: fitted in one go, or loaded when it is there. */
async function fitOne(
  model: BaselineName,
  flags: TrainFlags,
  settings: Settings,
  log: Logger,
): Promise<void> {
  if (flags.set.length > 0) throw new LabError(`${model} has nothing to set.`, "Leave --set out.");
  if (flags.withoutTest === true)
    throw new LabError(`${model} is fitted and judged in one go.`, "Leave --without-test out.");
  if ((flags.seed ?? 0) > 0)
    throw new LabError(`${model} draws nothing: it has no other seed than 0.`, "Leave --seed out.");
  const [
    { defineBaseline },
    { fitBaseline },
    { runHash },
    { readRun },
    { withProgress },
    { checkFold },
    corpora,
  ] = await Promise.all([
    import("../training/baselines/baseline-spec.js"),
    import("../training/baselines/fit-baseline.js"),
    import("../training/run-spec.js"),
    import("../training/run-store.js"),
    import("./long-command.js"),
    import("../protocols/draw-split.js"),
    import("../training/usual-corpora.js"),
  ]);
  const fold = flags.fold ?? null;
  checkFold(flags.protocol, fold, flags.corpora ?? corpora.usualCorpora(flags.protocol));
  const named = flags.corpora === undefined ? {} : { corpora: flags.corpora };
  const spec = await defineBaseline({ model, protocol: flags.protocol, fold, ...named }, settings);
  const force = flags.force === true;
  const isFinished = !force && (await readRun(runHash(spec), settings)) !== null;
  const run = await withProgress(({ listener, stop }) =>
    fitBaseline(spec, { settings, force, onProgress: listener, stop }),
  );
  log.info({ run: run.hash, seconds: run.metrics.seconds }, "baseline fitted");
  await tell(run, isFinished, flags, settings);
}

/** Prints a run's figures on test clips, as a table or as JSON. */
async function tell(
  { hash, spec, metrics }: Run<ResultSpec>,
  isFinished: boolean,
  flags: TrainFlags,
  settings: Settings,
): Promise<void> {
  if (flags.json === true) {
    printJson(metrics);
    return;
  }
  const [{ metricsTable }, { runFiles }] = await Promise.all([
    import("./metrics-table.js"),
    import("../training/run-store.js"),
  ]);
  const { model, protocol, fold, seed, profile } = spec;
  const how = isFinished ? "loaded from the store" : `${formatSeconds(metrics.seconds)} of training`;
  const what = `${model}, ${protocol}${fold === null ? "" : ` fold ${fold}`}, seed ${seed}, ${profile}`;
  const epoch = metrics.epochs === 0 ? "" : `epoch ${metrics.bestEpoch} of ${metrics.epochs}, `;
  console.log(`Test clips of ${what}; ${epoch}${how}:\n`);
  console.log(metricsTable(metrics.test));
  if (metrics.source === "sample") console.log("\nSynthetic speech: these figures are no result.");
  console.log(`\nRun ${hash} lies in ${runFiles(hash, settings).folder}`);
}
