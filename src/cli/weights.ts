import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { openWorkplace } from "./global-options.js";
import { printJson } from "./print-json.js";

/** `affectlab weights`: files of weights that were trained elsewhere, and how they get into the store. */
export function addWeightsCommand(program: Command): void {
  const weights = program
    .command("weights")
    .description("List, download and import the weights that pretrained architectures start from.")
    .addHelpText(
      "after",
      "\nExamples:\n  affectlab weights\n  affectlab weights download\n  affectlab weights import --from ~/weights",
    );
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
    .command("download")
    .description(
      "Fetch the models that weights are part of from Hugging Face, and take the weights into the store.",
    )
    .argument("[names...]", "files (default: every one that the store lacks)")
    .addHelpText(
      "after",
      `
Whisper base is 290 MB, tiny.en 151 MB; what is kept of them is float16, 41 and 16 MB, checked by SHA-256.
A transfer that breaks goes on where it was.

Examples:
  affectlab weights download
  affectlab weights download whisper-tiny.en-encoder.safetensors`,
    )
    .action(async (names: string[], _flags: object, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const [{ hasWeights }, { filesNamed }, { downloadWeights }, { withProgress }] = await Promise.all([
        import("../core/weights-store.js"),
        import("../models/pretrained-files.js"),
        import("../training/download-weights.js"),
        import("./long-command.js"),
      ]);
      for (const file of filesNamed(names)) {
        const isThere = await hasWeights(file, settings.home);
        if (!isThere) {
          const { home } = settings;
          await withProgress(({ listener, stop }) => downloadWeights(file, { home, listener, stop }));
          log.info({ weights: file.name }, "downloaded");
        }
        console.log(isThere ? `${file.name} is there already` : file.name);
      }
    });
  weights
    .command("import")
    .description(
      "Copy files of weights from a folder into the store, checked by SHA-256, or take them from the folder's model.safetensors.",
    )
    .argument("[names...]", "files (default: every known one that the folder holds)")
    .requiredOption("--from <dir>", "the folder that holds them")
    .addHelpText(
      "after",
      "\nExamples:\n  affectlab weights import --from ~/weights\n  affectlab weights import whisper-base-encoder.safetensors --from .",
    )
    .action(async (names: string[], { from }: { from: string }, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const { importWeights, takeWeightsFrom } = await import("../core/weights-store.js");
      const { chooseFiles, wholeModel } = await import("../models/pretrained-files.js");
      for (const file of chooseFiles(names, from)) {
        const model = join(from, wholeModel);
        const isPart = !existsSync(join(from, file.name)) && existsSync(model);
        if (isPart) await takeWeightsFrom(model, file, settings.home);
        else await importWeights(file, from, settings.home);
        log.info({ weights: file.name }, "imported");
        console.log(file.name);
      }
    });
}
