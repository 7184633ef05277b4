import type { Command } from "commander";
import { sampleRateHz } from "../audio/wave.js";
import { LabError, messageOf } from "../core/errors.js";
import { exitCodes } from "./exit-codes.js";
import { openWorkplace } from "./global-options.js";

interface PredictFlags {
  readonly model: string;
  readonly protocol?: string;
  readonly json?: true;
}

interface FileAnswer {
  readonly file: string;
  /** Seconds. */
  readonly duration: number;
  readonly emotion: string;
  /** The largest probability after calibration. */
  readonly confidence: number;
  readonly probabilities: Readonly<Record<string, number>>;
  /** The row's name of the model that answers. */
  readonly model: string;
}

/** `affectlab predict`: the emotion of recordings. */
export function addPredictCommand(program: Command): void {
  program
    .command("predict")
    .description("Tell the emotion of recordings, with the probability of each of the eight.")
    .argument("<files...>", "recordings (WAV, AIFF, FLAC, MP3, OGG, Opus, M4A, WebM), and folders of them")
    .option("-m, --model <name>", "a published model, or a folder that holds a card.json", "general")
    .option("-p, --protocol <name>", "the protocol its weights come from (default: speaker-independent)")
    .option("--json", "print JSON instead of a table")
    .addHelpText(
      "after",
      `
A file that cannot be used is named on standard error; the others are answered, and the exit code is 1.

Examples:
  affectlab predict recording.wav
  affectlab predict recordings/ --json > answers.json
  affectlab predict call.mp3 --model resnet --protocol combined`,
    )
    .action(async (files: string[], flags: PredictFlags, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const { loadPredictor } = await import("../inference/load-predictor.js");
      const { predictRecording } = await import("../inference/predict.js");
      const { decodeFile } = await import("../audio/decode-file.js");
      const { findRecordings } = await import("../audio/find-recordings.js");
      const recordings = await findRecordings(files);
      const predictor = await loadPredictor({
        model: flags.model,
        root: settings.root,
        ...(flags.protocol !== undefined && { protocol: flags.protocol }),
      });
      const { card } = predictor;
      const answers: FileAnswer[] = [];
      for (const file of recordings) {
        try {
          const wave = await decodeFile(file);
          const { emotion, confidence, probabilities } = predictRecording(predictor, wave);
          const named = Object.fromEntries(card.labels.map((label, i) => [label, round(probabilities[i]!)]));
          const duration = round(wave.samples.length / sampleRateHz);
          answers.push({
            ...{ file, duration, emotion, confidence: round(confidence) },
            ...{ probabilities: named, model: card.name },
          });
        } catch (error) {
          if (!(error instanceof LabError)) throw error;
          const message = messageOf(error);
          process.stderr.write(`${message.includes(file) ? message : `${file}: ${message}`}\n`);
          process.exitCode = exitCodes.failure;
        }
      }
      log.info({ model: card.name, files: recordings.length, answered: answers.length }, "predicted");
      if (flags.json === true) console.log(JSON.stringify(answers, null, 2));
      else if (answers.length > 0) console.log(await answersTable(answers, card.labels));
    });
}

async function answersTable(answers: readonly FileAnswer[], labels: readonly string[]): Promise<string> {
  const { alignTable, percent } = await import("./text-table.js");
  const rows = answers.map(({ file, emotion, confidence, probabilities }) => [
    file,
    emotion,
    percent(confidence),
    ...labels.map((label) => percent(probabilities[label]!)),
  ]);
  const sides = ["left", "left", ...[...labels, "confidence"].map(() => "right" as const)] as const;
  return alignTable(["%", "emotion", "confidence", ...labels], rows, sides);
}

/** Six decimals, as in predictions.csv. */
function round(probability: number): number {
  return Number(probability.toFixed(6));
}
