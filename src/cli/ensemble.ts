import { relative } from "node:path";
import { type Command, Option } from "commander";
import { LabError } from "../core/errors.js";
import { percent } from "../core/percent.js";
import { type EnsembleMethod, ensembleMethods } from "../evaluation/ensemble.js";
import { type ProtocolName, protocolNames } from "../protocols/split.js";
import { namesList, openWorkplace } from "./global-options.js";
import { printJson } from "./print-json.js";
import { alignTable } from "./text-table.js";

interface EnsembleFlags {
  readonly protocol: ProtocolName;
  readonly method?: EnsembleMethod;
  readonly rows?: string[];
  readonly replace?: true;
  readonly json?: true;
}

/** `affectlab ensemble`: the published rows of a protocol combined, members and weights chosen on validation alone. */
export function addEnsembleCommand(program: Command): void {
  program
    .command("ensemble")
    .description(
      "Combine the published rows of a protocol: members, weights and method chosen on validation, written to results/.",
    )
    .addOption(
      new Option("-p, --protocol <name>", "whose published rows are combined; each fold for itself")
        .choices(protocolNames)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        "--method <name>",
        "how answers become one (default: the simplest within one standard error of the best on validation)",
      ).choices(ensembleMethods),
    )
    .option("--rows <names>", "only these rows may join, separated by commas", namesList)
    .option("--replace", "take the place of an ensemble of other candidates")
    .option("--json", "print the cards instead of tables")
    .addHelpText(
      "after",
      `
Test predictions are read once members, weights and method are fixed. An ensemble that is there is not made again.

Examples:
  affectlab ensemble --protocol speaker-independent
  affectlab ensemble --protocol emobox-ravdess --method average --replace`,
    )
    .action(async (flags: EnsembleFlags, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const [{ listCandidates }, making, publishing, { listPublished }] = await Promise.all([
        import("../training/ensemble/candidates.js"),
        import("../training/ensemble/make-ensemble.js"),
        import("../training/ensemble/publish-ensemble.js"),
        import("../training/published.js"),
      ]);
      const published = (await listPublished(settings)).filter(({ protocol }) => protocol === flags.protocol);
      const folds = [...new Set(published.map(({ metrics }) => metrics.spec.fold))];
      if (folds.length === 0)
        throw new LabError(`Nothing is published on ${flags.protocol}.`, "Publish two or more rows first.");
      const told: object[] = [];
      for (const fold of folds) {
        const candidates = await listCandidates(flags.protocol, fold, settings, flags.rows);
        const spec = making.ensembleSpec(candidates, flags.method ?? null);
        const where = fold === null ? flags.protocol : `${flags.protocol}, fold ${fold}`;
        const there = await publishing.publishedEnsemble(spec, settings, flags.replace === true);
        if (there !== null) {
          told.push({ fold, specHash: there.specHash, state: "was there" });
          if (flags.json !== true) console.log(`${where}: the ensemble ${there.specHash} is there already.`);
          continue;
        }
        log.info({ protocol: flags.protocol, fold, candidates: candidates.length }, "ensemble is chosen");
        const judged = await making.judgeEnsemble(making.chooseEnsemble(candidates, flags.method ?? null));
        const folder = await publishing.publishEnsemble(judged, settings);
        const { ensemble, methods, metrics } = judged;
        told.push({ fold, state: "written", folder, ...ensemble, methods, metrics });
        if (flags.json === true) continue;
        const { metricsTable } = await import("./metrics-table.js");
        console.log(`${where}: ${ensemble.method} of ${ensemble.members.length} members\n`);
        const members = ensemble.members.map(({ name, weight }) => [name, weight.toFixed(3)]);
        console.log(alignTable(["member", "weight"], members, ["left", "right"]));
        const figures = methods.map(({ method, loss, standardError, accuracy, uar }) => [
          method,
          loss.toFixed(4),
          standardError.toFixed(4),
          percent(accuracy),
          percent(uar),
        ]);
        console.log("\nValidation, cross-validated by speaker:\n");
        console.log(
          alignTable(["method", "loss", "standard error of its distance", "accuracy %", "UAR %"], figures, [
            "left",
            ...Array<"right">(4).fill("right"),
          ]),
        );
        console.log(`\nTest clips:\n\n${metricsTable(metrics.test)}\n\n${relative(process.cwd(), folder)}`);
      }
      if (flags.json === true) printJson(told);
    });
}
