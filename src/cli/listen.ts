import { type Command, InvalidArgumentError, Option } from "commander";
import { type PcmFormat, pcmFormatNames } from "../audio/pcm-formats.js";
import { LabError } from "../core/errors.js";
import { oneLine } from "../core/shown-text.js";
import { defaultModel } from "../inference/default-model.js";
import type { StreamAnswer, StreamSummary } from "../service/stream-session.js";
import { openWorkplace, wholeNumber } from "./global-options.js";
import { responsibleUse } from "./responsible-use.js";

interface ListenFlags {
  readonly model: string;
  readonly protocol?: string;
  readonly format?: PcmFormat;
  readonly rate?: number;
  readonly channels?: number;
  readonly hop: number;
  readonly live?: true;
  readonly device?: string;
  readonly json?: true;
}

/** An answer takes no longer than this, or the process that computes it is started anew. */
const limitMs = 30_000;

/** `affectlab listen`: a live line of emotions. */
export function addListenCommand(program: Command): void {
  program
    .command("listen")
    .description("Tell the emotion of a voice while it speaks: a microphone, or sound on standard input.")
    .argument("[input]", "`-` for standard input; the microphone where it is left out")
    .option("-m, --model <name>", "a published model, or a folder that holds a card.json", defaultModel)
    .option("-p, --protocol <name>", "the protocol its weights come from (default: speaker-independent)")
    .addOption(
      new Option("--format <name>", "raw samples on standard input, of this kind").choices(pcmFormatNames),
    )
    .option("--rate <hz>", "sample rate of raw samples (16000)", wholeNumber)
    .option("--channels <number>", "channels of raw samples (1)", wholeNumber)
    .option("--hop <seconds>", "from one answer to the next, 0.1 to 10", hopSeconds, 0.5)
    .option("--live", "standard input does not wait: answers are skipped where the model is too slow")
    .option("--device <name>", "the microphone, as the recording program calls it")
    .option("--json", "print one JSON object a line")
    .addHelpText(
      "after",
      `
Standard input may be WAV, AIFF, FLAC, MP3, AAC, OGG Vorbis or Opus as it arrives, or raw samples with --format.
Each answer is of the last few seconds (as much as the model hears at once), smoothed by the one before it. Sound that
no answer has heard is counted as dropped. Ctrl-C and SIGTERM end with a summary, exit code 0.

${responsibleUse}

Examples:
  affectlab listen
  affectlab listen --json > answers.jsonl
  ffmpeg -loglevel error -i talk.mp4 -f wav - | affectlab listen -
  arecord -t raw -f S16_LE -r 48000 -c 2 | affectlab listen - --format s16le --rate 48000 --channels 2 --live`,
    )
    .action(async (input: string | undefined, flags: ListenFlags, command: Command) => {
      if (input !== undefined && input !== "-") {
        throw new LabError(
          `listen hears a microphone or standard input, and "${input}" is neither.`,
          `Try: affectlab predict ${input}, or affectlab listen - < ${input}`,
        );
      }
      const { settings, log } = await openWorkplace(command);
      const source = input === undefined ? await openMicrophoneSource(flags) : await openStandardInput(flags);
      const { openPredictionWorkers } = await import("../service/prediction-workers.js");
      const { openStreamSession } = await import("../service/stream-session.js");
      const { loadVoiceActivity } = await import("../inference/load-voice-activity.js");
      const { openLiveLine } = await import("./live-line.js");
      try {
        const workers = await openPredictionWorkers({
          ...{ model: flags.model, root: settings.root, workers: 1, mostWaiting: 4 },
          ...(flags.protocol !== undefined && { protocol: flags.protocol }),
        });
        const { facts } = workers;
        const line = openLiveLine(facts.labels, flags.json === true);
        const session = openStreamSession({
          ...{ facts, hopSeconds: flags.hop, isLive: source.isLive, activity: await loadVoiceActivity() },
          hearWindow: (samples) => workers.run({ kind: "window", samples }, { limitMs }),
          onAnswer: (answer: StreamAnswer) => line.show(answer),
        });
        let isStopped = false;
        const stop = (signal: NodeJS.Signals): void => {
          if (isStopped && signal === "SIGINT") process.exit(130);
          isStopped = true;
          source.close();
        };
        for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
        try {
          process.stderr.write(
            `${oneLine(`Listening with ${facts.name} to ${source.name}`)}. Ctrl-C ends it.\n`,
          );
          for await (const { samples, rateHz } of source.sound(() => isStopped)) {
            await session.write(samples, rateHz);
          }
          const summary = await session.end();
          line.close(summary, tellSummary(summary, source.losses(), source.isLive));
        } finally {
          session.close();
          workers.close();
          for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, stop);
        }
        log.info({ ...session.summary, model: facts.name }, "listened");
      } finally {
        source.close();
      }
    });
}

/** Where sound comes from, decoded to mono. */
interface Source {
  readonly name: string;
  /** Whether it goes on without waiting for answers. */
  readonly isLive: boolean;
  sound(isStopped: () => boolean): AsyncIterable<{ readonly samples: Float32Array; readonly rateHz: number }>;
  /** How often whoever records told that sound was lost. */
  losses(): number;
  close(): void;
}

async function openMicrophoneSource({ device, format, rate, channels }: ListenFlags): Promise<Source> {
  if (format !== undefined || rate !== undefined || channels !== undefined) {
    throw new LabError(
      "--format, --rate and --channels tell of raw samples on standard input.",
      "Add `-` for it: affectlab listen - --format s16le",
    );
  }
  const { openMicrophone } = await import("./microphone.js");
  const { openPcmStream } = await import("../audio/pcm-stream.js");
  const microphone = openMicrophone(device);
  const decode = openPcmStream({ format: "s16le", channels: 1, rateHz: 16_000 });
  return {
    name: `the microphone (${microphone.program})`,
    isLive: true,
    async *sound() {
      for await (const bytes of microphone.sound) yield { samples: decode(bytes), rateHz: 16_000 };
    },
    losses: () => microphone.losses,
    close: () => microphone.close(),
  };
}

async function openStandardInput({ format, rate, channels, live }: ListenFlags): Promise<Source> {
  if (process.stdin.isTTY) {
    throw new LabError(
      "Standard input is the keyboard.",
      "Pipe sound into it: affectlab listen - < recording.wav",
    );
  }
  if (format === undefined && (rate !== undefined || channels !== undefined)) {
    throw new LabError("--rate and --channels tell of raw samples.", "Name their kind: --format s16le");
  }
  const decode = format === undefined ? await containerDecoder() : await rawDecoder(format, rate, channels);
  return {
    name: "standard input",
    isLive: live === true,
    async *sound(isStopped) {
      try {
        for await (const bytes of process.stdin) {
          const piece = await decode.push(bytes as Uint8Array);
          if (piece !== null) yield piece;
        }
      } catch (error) {
        if (!isStopped()) throw error; // input that is closed under the reader ends it with an error of its own
      }
      const last = isStopped() ? null : await decode.end();
      if (last !== null) yield last;
    },
    losses: () => 0,
    close() {
      process.stdin.destroy();
      decode.close();
    },
  };
}

async function containerDecoder() {
  const { openContainerStream } = await import("../audio/container-stream.js");
  return openContainerStream("Standard input");
}

async function rawDecoder(format: PcmFormat, rateHz = 16_000, channels = 1) {
  const { openPcmStream } = await import("../audio/pcm-stream.js");
  const push = openPcmStream({ format, channels, rateHz });
  return {
    push: async (bytes: Uint8Array) => ({ samples: push(bytes), rateHz }),
    end: async () => null,
    close() {},
  };
}

function hopSeconds(value: string): number {
  const number = Number(value);
  if (!(number >= 0.1 && number <= 10)) throw new InvalidArgumentError("It must be 0.1 to 10 seconds.");
  return number;
}

/** What was heard, in a sentence or two. */
function tellSummary(
  { seconds, answers, skipped, dropped, mostBehind }: StreamSummary,
  losses: number,
  isLive: boolean,
): string {
  const parts = [`${seconds.toFixed(1)} s heard, ${answers} answers`];
  if (isLive) parts.push(`at most ${mostBehind.toFixed(2)} s behind the sound`);
  if (skipped > 0) {
    parts.push(
      `${skipped} skipped because the model was busy (a smaller one: --model resnet; fewer: --hop 1)`,
    );
  }
  const lost = dropped < 0.05 ? "less than 0.1" : dropped.toFixed(1);
  parts.push(dropped > 0 ? `${lost} s dropped` : "nothing dropped");
  if (losses > 0) parts.push(`the recorder lost sound ${losses} times`);
  return `${parts.join(", ")}.`;
}
