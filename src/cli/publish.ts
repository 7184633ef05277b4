import { relative } from "node:path";
import type { Command } from "commander";
import { openWorkplace } from "./global-options.js";

interface PublishFlags {
  readonly as?: string;
  readonly replace?: true;
  readonly weights: boolean;
  readonly opusCopy?: true;
  readonly cards?: true;
}

/** `affectlab publish`: the one command that writes results/ and models/. */
export function addPublishCommand(program: Command): void {
  program
    .command("publish")
    .description("Write a finished run to results/ and, for seed 0 without folds, its weights to models/.")
    .argument("[run]", "the run's hash, or the first digits of it")
    .option("--as <name>", "the row's name (default: the model's)")
    .option("--replace", "take the place of a result of another specification")
    .option("--no-weights", "write no weights to models/")
    .option("--opus-copy", "accept clips that are not the publishers' own files, and mark the result so")
    .option(
      "--cards",
      "no run: complete the cards of models/ from the predictions in results/, and write their README.md",
    )
    .addHelpText(
      "after",
      `
Refuses every profile but full, and clips whose checksums are not the publishers' unless --opus-copy is given.

Examples:
  affectlab publish 3f2a91
  affectlab publish 3f2a91 --as resnet-class-weights
  affectlab publish --cards`,
    )
    .action(async (prefix: string | undefined, flags: PublishFlags, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      if (flags.cards === true) {
        const { completeCards } = await import("../training/complete-cards.js");
        for (const path of await completeCards(settings.root)) console.log(relative(process.cwd(), path));
        return;
      }
      if (prefix === undefined) command.error("error: missing required argument 'run'");
      const [{ publishRun }, { findRun }] = await Promise.all([
        import("../training/publish.js"),
        import("../training/run-store.js"),
      ]);
      const { hash, spec } = await findRun(prefix, settings);
      const written = await publishRun(hash, {
        settings: { ...settings, profile: spec.profile },
        ...(flags.as !== undefined && { as: flags.as }),
        withWeights: flags.weights,
        replace: flags.replace === true,
        opusCopy: flags.opusCopy === true,
      });
      log.info({ run: hash, written }, "published");
      for (const folder of written) console.log(relative(process.cwd(), folder) || ".");
    });
}
