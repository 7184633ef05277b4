import { type Command, Option } from "commander";
import { LabError } from "../core/errors.js";
import type { PartMetrics } from "../evaluation/report.js";
import { type ProtocolName, protocolNames } from "../protocols/split.js";
import type { JudgedPart } from "../training/evaluate-checkpoint.js";
import type { RunSpec } from "../training/run-spec.js";
import { openWorkplace } from "./global-options.js";
import { printJson } from "./print-json.js";

interface EvaluateFlags {
  readonly part: JudgedPart;
  readonly protocol?: ProtocolName;
  readonly json?: true;
}

/** `affectlab evaluate`: a kept checkpoint judged on a part of its run's split. */
export function addEvaluateCommand(program: Command): void {
  program
    .command("evaluate")
    .description("Judge a checkpoint on the clips of its run: accuracy, UAR and macro-F1 with 95% intervals.")
    .argument("<checkpoint>", "a run's hash, a model@epoch, or the path of a checkpoint")
    .addOption(
      new Option("--part <name>", "which clips; choices are made on validation, test is looked at once")
        .choices(["validation", "test"])
        .default("validation"),
    )
    .addOption(
      new Option("-p, --protocol <name>", "of the run, where a model is named").choices(protocolNames),
    )
    .option("--json", "print JSON instead of a table")
    .addHelpText(
      "after",
      `
After @ stands best (the default), last, or an epoch that was kept (every tenth). A model means its newest run,
teachers that withheld clips (cross-fitting) left out.

Examples:
  affectlab evaluate 3f2a91 --part test
  affectlab evaluate 3f2a91@last
  affectlab evaluate resnet@10 --protocol combined
  affectlab evaluate ~/.cache/affectlab/runs/3f2a9100c0ffee00/epoch-020.safetensors`,
    )
    .action(async (target: string, flags: EvaluateFlags, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const { findCheckpoint } = await import("./find-checkpoint.js");
      const { spec, which, home } = await findCheckpoint(target, settings, flags.protocol);
      const own = { ...settings, home, profile: spec.profile };
      const [{ loadCatalogueFor }, { dataChecksums }, { canonicalJson }, { runHash }] = await Promise.all([
        import("../corpora/catalogue.js"),
        import("../corpora/checksums.js"),
        import("../core/hash.js"),
        import("../training/run-spec.js"),
      ]);
      const run = runHash(spec);
      const clips = await loadCatalogueFor(own, Object.keys(spec.corpora));
      if (canonicalJson(dataChecksums(clips)) !== canonicalJson(spec.corpora)) {
        throw new LabError(
          `The clips in the store are not the ones that run ${run} was trained on.`,
          "Import the same recordings, or train again on these.",
        );
      }
      const { evaluateCheckpoint } = await import("../training/evaluate-checkpoint.js");
      const { openProgress } = await import("./terminal-progress.js");
      const progress = await openProgress();
      log.info({ run, which, part: flags.part }, "evaluation starts");
      const metrics = await evaluateCheckpoint(spec, which, flags.part, {
        settings: own,
        onProgress: progress.listener,
      }).finally(progress.close);
      log.info({ run, which, part: flags.part, uar: metrics.all.uar.value }, "evaluation ended");
      await tellEvaluation({ spec, which, part: flags.part, metrics }, flags.json === true);
    });
}

/** A checkpoint's figures on a part of its run's split. */
interface Evaluation {
  readonly spec: RunSpec;
  readonly which: "best" | "last" | number;
  readonly part: JudgedPart;
  readonly metrics: PartMetrics;
}

/** Prints an evaluation, as a table or as JSON. */
export async function tellEvaluation(
  { spec, which, part, metrics }: Evaluation,
  asJson: boolean,
): Promise<void> {
  const [{ runHash }, { metricsTable }] = await Promise.all([
    import("../training/run-spec.js"),
    import("./metrics-table.js"),
  ]);
  const run = runHash(spec);
  if (asJson) {
    printJson({ run, checkpoint: which, part, metrics });
    return;
  }
  const checkpoint = typeof which === "number" ? `epoch ${which}` : which;
  console.log(`Run ${run} (${spec.model}, ${spec.protocol}), ${checkpoint}, ${part} clips:\n`);
  console.log(metricsTable(metrics));
}
