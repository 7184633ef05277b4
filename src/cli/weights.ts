import type { Command } from "commander";
import { openWorkplace } from "./global-options.js";
import { printJson } from "./print-json.js";

/** `affectlab weights`: files of weights that were trained elsewhere, and how they get into the store. */
export function addWeightsCommand(program: Command): void {
  const weights = program
    .command("weights")
    .description("List and import the weights that pretrained architectures start from.")
    .addHelpText("after", "\nExamples:\n  affectlab weights\n  affectlab weights import --from ~/weights");
  weights
    .command("list", { isDefault: true })
    .description("Say which files of weights the store has (the default).")
    .option("--json", "print JSON instead of a table")
    .addHelpText("after", "\nExamples:\n  affectlab weights\n  affectlab weights list --json")
    .action(async ({ json }: { json?: true }, command: Command) => {
      const { settings } = await openWorkplace(command);
      const { hasWeights } = await import("../core/weights-store.js");
      const { pretrainedFiles } = await import("../models/pretrained-files.js");
      const rows = [];
      for (const file of pretrainedFiles)
        rows.push({ ...file, isThere: await hasWeights(file, settings.home) });
      if (json === true) {
        printJson(rows);
        return;
      }
      const { alignTable } = await import("./text-table.js");
      const lines = rows.map(({ name, isThere, origin }) => [name, isThere ? "there" : "not there", origin]);
      console.log(alignTable(["weights", "in the store", "origin"], lines));
    });
  weights
    .command("import")
    .description("Copy files of weights from a folder into the store, checked by SHA-256.")
    .argument("[names...]", "files (default: every known one that the folder holds)")
    .requiredOption("--from <dir>", "the folder that holds them")
    .addHelpText(
      "after",
      "\nExamples:\n  affectlab weights import --from ~/weights\n  affectlab weights import whisper-base-encoder.safetensors --from .",
    )
    .action(async (names: string[], { from }: { from: string }, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const { importWeights } = await import("../core/weights-store.js");
      const { chooseFiles } = await import("../models/pretrained-files.js");
      for (const file of chooseFiles(names, from)) {
        await importWeights(file, from, settings.home);
        log.info({ weights: file.name }, "imported");
        console.log(file.name);
      }
    });
}
