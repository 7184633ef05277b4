import { type Command, InvalidArgumentError, Option } from "commander";
import type { FileProblem } from "../core/errors.js";
import type { RecordingJson } from "../inference/answer-json.js";
import { defaultModel } from "../inference/default-model.js";
import type { RecordingTask } from "../inference/recording-worker.js";
import { openWorkplace } from "./global-options.js";
import { printJson } from "./print-json.js";
import { responsibleUse } from "./responsible-use.js";

interface PredictFlags {
  readonly model: string;
  readonly protocol?: string;
  readonly json?: true;
  readonly csv?: true;
  readonly timeline?: string;
  readonly hop: number;
}

/** `affectlab predict`: the emotion of recordings. */
export function addPredictCommand(program: Command): void {
  program
    .command("predict")
    .description("Tell the emotion of recordings, with the probability of each of the eight.")
    .argument(
      "<files...>",
      "recordings (WAV, AIFF, FLAC, MP3, OGG, Opus, M4A, WebM), folders of them, or - for standard input",
    )
    .option(
      "-m, --model <name>",
      "a published model, a folder that holds a card.json, or a model@epoch",
      defaultModel,
    )
    .option("-p, --protocol <name>", "the protocol its weights come from (default: speaker-independent)")
    .addOption(new Option("--json", "print one JSON array instead of a table").conflicts("csv"))
    .option("--csv", "print CSV instead of a table, a line a file")
    .option("--timeline <file>", "write the timeline of one recording as .svg, .html or .csv")
    .option("--hop <seconds>", "of the timeline's entries", seconds, 1)
    .addHelpText(
      "after",
      `
What a recording longer than the model hears at once (2.5 to 3 s) sounds like is told stretch by stretch, and as a whole
from the stretches in which somebody speaks. A recording without speech is shown without an emotion; --json and --csv
give one all the same. A folder stands for the recordings in it and below, those of linked folders too; what is named
twice is answered once. A file that cannot be used is named on standard error; the others are answered, and the exit code
is 1. With --json there is an array even where nothing could be answered.

${responsibleUse}

Examples:
  affectlab predict recording.wav
  affectlab predict recordings/ --json > answers.json
  affectlab predict interview.mp3 --timeline interview.html --hop 0.5
  ffmpeg -i film.mkv -f wav - | affectlab predict -
  affectlab predict call.mp3 --model resnet@10 --protocol combined`,
    )
    .action(async (files: string[], flags: PredictFlags, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const [
        { LabError, problemOrDefect },
        { recordingJson },
        { openRecordingPool },
        { answerRecording },
        { predictorFor },
        { openFileProblems },
        output,
      ] = await Promise.all([
        import("../core/errors.js"),
        import("../inference/answer-json.js"),
        import("../inference/recording-pool.js"),
        import("../inference/timeline.js"),
        import("./predictor-for.js"),
        import("./file-problems.js"),
        import("./predict-answers.js"),
      ]);
      const { checkTimelinePath, writeTimeline } = await import("./timeline-file.js");
      const { recordings, problems } = await recordingsOf(files);
      if (flags.timeline !== undefined) {
        checkTimelinePath(flags.timeline);
        if (recordings.length > 1) {
          throw new LabError(
            `--timeline draws one recording, and ${recordings.length} are given.`,
            "Give one, or take the timelines of all from --json.",
          );
        }
      }
      const fileProblems = openFileProblems();
      for (const problem of problems) fileProblems.tell(problem);
      const predictor = await predictorFor(flags.model, flags.protocol, settings);
      const { card } = predictor;
      const pool = openRecordingPool(recordings.length);
      const progress = recordings.length > 1 ? await openCounter(recordings.length) : null;
      const answers: RecordingJson[] = [];
      let failed = 0;
      const startMs = Date.now();
      const fail = (problem: FileProblem): void => {
        failed += 1;
        fileProblems.tell(problem);
      };
      try {
        let next = 0;
        for await (const heard of pool.hear(recordings)) {
          const { file, path } = recordings[next++]!;
          if ("problem" in heard) fail(heard);
          else {
            try {
              const answer = answerRecording(predictor, heard.wave, heard.speech, { hopSeconds: flags.hop });
              answers.push(recordingJson(answer, file, card));
            } catch (error) {
              fail(problemOrDefect(path, error));
            }
          }
          progress?.advance();
        }
      } finally {
        progress?.close();
        await pool.close();
      }
      log.info({ model: card.name, files: recordings.length, answered: answers.length }, "predicted");
      if (recordings.length > 1)
        process.stderr.write(`${summary(answers, failed, (Date.now() - startMs) / 1000)}\n`);
      if (flags.json === true) printJson(answers);
      else if (flags.csv === true) process.stdout.write(output.answersCsv(answers, card.labels));
      else if (answers.length > 0) {
        console.log(output.answersTable(answers, card.labels));
        const [only] = answers;
        if (recordings.length === 1 && only!.timeline.length > 1)
          console.log(`\n${output.timelineTable(only!)}`);
      }
      if (flags.timeline !== undefined && answers.length > 0) {
        await writeTimeline(flags.timeline, answers[0]!, card.labels);
      }
    });
}

interface Recording extends RecordingTask {
  /** What answers call it by: as it was given, or found in a folder; `-` for standard input. */
  readonly file: string;
}

/** The recordings that the arguments name, and what is wrong with the others; standard input is read to its end. */
async function recordingsOf(files: readonly string[]) {
  const [{ findRecordings }, { readPipe }, { problemWith }] = await Promise.all([
    import("../audio/find-recordings.js"),
    import("../audio/decode-file.js"),
    import("../core/errors.js"),
  ]);
  const found = await findRecordings(files);
  const problems: FileProblem[] = found.problems.map(({ message }) => ({ problem: message }));
  const recordings: Recording[] = [];
  for (const file of found.paths) {
    if (file !== "-") recordings.push({ file, path: file });
    else {
      const path = "standard input";
      try {
        recordings.push({ file, path, bytes: await readPipe(process.stdin, path) });
      } catch (error) {
        problems.push(problemWith(path, error));
      }
    }
  }
  return { recordings, problems };
}

async function openCounter(total: number) {
  const [{ openProgress }, { trackProgress }] = await Promise.all([
    import("./terminal-progress.js"),
    import("../core/progress.js"),
  ]);
  const { listener, close } = await openProgress();
  return { ...trackProgress("recordings", total, listener), close };
}

/** "12 recordings in 3.4 s: 11 answered (5 sad, 4 happy), 1 without speech among them, 2 unsure; 1 failed" */
function summary(answers: readonly RecordingJson[], failed: number, tookSeconds: number): string {
  const spoken = answers.filter(({ speech }) => speech);
  const counts = new Map<string, number>();
  for (const { emotion } of spoken) counts.set(emotion, (counts.get(emotion) ?? 0) + 1);
  const emotions = [...counts].sort((a, b) => b[1] - a[1]).map(([emotion, n]) => `${n} ${emotion}`);
  const seconds = answers.reduce((sum, { duration }) => sum + duration, 0);
  const parts = [
    `${answers.length} answered${emotions.length > 0 ? ` (${emotions.join(", ")})` : ""}`,
    `${answers.length - spoken.length} without speech`,
    `${spoken.filter(({ unsure }) => unsure).length} unsure`,
    `${failed} failed`,
  ];
  return `${answers.length + failed} recordings, ${seconds.toFixed(1)} s of sound in ${tookSeconds.toFixed(1)} s: ${parts.join(", ")}`;
}

function seconds(value: string): number {
  const number = Number(value);
  if (!(number >= 0.1 && Number.isFinite(number)))
    throw new InvalidArgumentError("It must be a number from 0.1 up.");
  return number;
}
