import { relative, resolve } from "node:path";
import { type Command, Option } from "commander";
import { type ExportPrecision, exportPrecisions } from "../export/stored-constants.js";
import { type ExportTargetName, exportTargets } from "../export/target.js";
import { openWorkplace } from "./global-options.js";
import { printJson } from "./print-json.js";

interface ExportFlags {
  readonly to: ExportTargetName;
  readonly weights: ExportPrecision;
  readonly output?: string;
  readonly protocol?: string;
  readonly json?: true;
}

/** `affectlab export`: a published model for browsers, ONNX Runtime or phones. */
export function addExportCommand(program: Command): void {
  program
    .command("export")
    .description("Carry a published model over to TensorFlow.js, ONNX or TFLite, checked in that runtime.")
    .argument("<model>", "a published model, or a folder that holds a card.json")
    .addOption(new Option("--to <target>", "where it will run").choices(exportTargets).makeOptionMandatory())
    .addOption(
      new Option("--weights <type>", "what its kernels are stored in")
        .choices(exportPrecisions)
        .default("float32"),
    )
    .option("--output <dir>", "the folder to write (default: MODEL-TARGET, -float16 or -int8 behind it)")
    .option("-p, --protocol <name>", "the protocol its weights come from (default: speaker-independent)")
    .option("--json", "print the export's card instead of a summary")
    .addHelpText(
      "after",
      `
The exported model takes 3 s of sound at 16 kHz and gives the eight probabilities; its features are inside. Before it is
written it is compared with its source on 100 clips in its own runtime; in float16 and int8 it is judged on the test
clips, where the store has them. int8 is written only where it costs no more than a point of UAR.

Examples:
  affectlab export resnet --to tfjs
  affectlab export general --to onnx --weights float16
  affectlab export page --to tflite --weights int8 --output app/src/main/assets/emotion`,
    )
    .action(async (model: string, flags: ExportFlags, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const [{ loadPredictor }, { exportModel }, { withProgress }] = await Promise.all([
        import("../inference/load-predictor.js"),
        import("../export/export-model.js"),
        import("./long-command.js"),
      ]);
      const { to, weights, protocol } = flags;
      const predictor = await loadPredictor({
        model,
        root: settings.root,
        ...(protocol !== undefined && { protocol }),
      });
      const { name } = predictor.card;
      const output = resolve(flags.output ?? `${name}-${to}${weights === "float32" ? "" : `-${weights}`}`);
      const card = await withProgress(({ listener, stop }) =>
        exportModel(predictor, { to, weights, output, settings, onProgress: listener, stop }),
      );
      log.info({ model: name, to, weights, output, comparison: card.comparison }, "exported");
      if (flags.json === true) {
        printJson(card);
        return;
      }
      const { clips, of, largestDifference, sameEmotion, runtime } = card.comparison;
      const sounds = of === "test" ? "test clips" : "synthetic clips";
      console.log(relative(process.cwd(), output) || ".");
      console.log(
        `${clips} ${sounds} in ${runtime}: largest difference ${largestDifference.toPrecision(2)}, the same emotion in ${sameEmotion}`,
      );
      if (card.test !== null) {
        const { metricsTable } = await import("./metrics-table.js");
        console.log(`\nOn the test clips, kernels in ${weights}:\n\n${metricsTable(card.test)}`);
      }
    });
}
