import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { LabError } from "../core/errors.js";

/** A program that records, and how it is asked for 16-bit samples, mono, at 16 kHz, on its standard output. */
interface Recorder {
  readonly program: string;
  arguments(device: string | undefined): string[];
}

const rate = "16000";

const parec: Recorder = {
  program: "parec",
  arguments: (device) => [
    ...["--format=s16le", `--rate=${rate}`, "--channels=1", "--latency-msec=50", "--raw"],
    ...(device === undefined ? [] : [`--device=${device}`]),
  ],
};
const arecord: Recorder = {
  program: "arecord",
  arguments: (device) => [
    ...["-q", "-t", "raw", "-f", "S16_LE", "-r", rate, "-c", "1"],
    ...(device === undefined ? [] : ["-D", device]),
  ],
};
const sox: Recorder = {
  program: "sox",
  arguments: (device) => [
    ...(device === undefined ? ["-q", "-d"] : ["-q", ...device.split(" ")]),
    ...["-t", "raw", "-e", "signed-integer", "-b", "16", "-L", "-r", rate, "-c", "1", "-"],
  ],
};
const ffmpeg = (system: string, standard: string): Recorder => ({
  program: "ffmpeg",
  arguments: (device = standard) => [
    ...["-hide_banner", "-loglevel", "error", "-nostdin", "-f", system, "-i", device],
    ...["-f", "s16le", "-ar", rate, "-ac", "1", "-"],
  ],
});

/** In the order of preference on each system. */
const recorders: Readonly<Record<string, readonly Recorder[]>> = {
  linux: [parec, arecord, sox, ffmpeg("alsa", "default")],
  darwin: [sox, ffmpeg("avfoundation", ":default")],
  win32: [sox, ffmpeg("dshow", "audio=default")],
};

const toInstall: Readonly<Record<string, string>> = {
  linux: "Install alsa-utils (arecord), pulseaudio-utils (parec), sox or ffmpeg",
  darwin: "Install sox or ffmpeg (brew install sox)",
};

/** A microphone that records: s16le, mono, 16 kHz. */
export interface Microphone {
  readonly program: string;
  readonly sound: AsyncIterable<Uint8Array>;
  /** How often the program told that it lost sound. */
  readonly losses: number;
  close(): void;
}

/**
 * Begins to record with what the system has: parec, arecord, sox or ffmpeg. Throws LabError that names what to install
 * when there is none; the sound ends with a LabError that has the program's own words when it fails.
 */
export function openMicrophone(device?: string, path = process.env.PATH ?? ""): Microphone {
  const known = recorders[process.platform] ?? [sox];
  const recorder = known.find(({ program }) => isOnPath(program, path));
  if (recorder === undefined) {
    throw new LabError(
      `There is no program here that records from a microphone (${known.map(({ program }) => program).join(", ")}).`,
      `${toInstall[process.platform] ?? "Install sox"}, or pipe sound in: affectlab listen -`,
    );
  }
  let [losses, isClosing] = [0, false];
  let child: ReturnType<typeof record> | null = null;

  /** Recording begins when somebody listens: what was said while a model loads is past. */
  async function* sound(): AsyncIterable<Uint8Array> {
    if (isClosing) return;
    child = record(recorder!, device, () => losses++);
    yield* child.sound;
    const reason = await child.failure;
    if (reason === null || isClosing) return;
    throw new LabError(
      `${recorder!.program} cannot record: ${reason.replace(/\.$/, "")}.`,
      "Check that a microphone is connected, or name one with --device.",
    );
  }

  return {
    ...{ program: recorder.program, sound: sound() },
    get losses() {
      return losses;
    },
    close() {
      isClosing = true;
      child?.end();
    },
  };
}

/** Runs the program; `failure` is what it said when it failed, null when it ended well. */
function record(recorder: Recorder, device: string | undefined, onLoss: () => void) {
  const child = spawn(recorder.program, recorder.arguments(device), { stdio: ["ignore", "pipe", "pipe"] });
  let words = "";
  child.stderr.on("data", (piece: Buffer) => {
    for (const _ of piece.toString().matchAll(/overrun|xrun/gi)) onLoss();
    words = (words + piece.toString()).slice(-500);
  });
  const failure = new Promise<string | null>((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("close", (code) => resolve(code === 0 ? null : words.trim() || `it ended with code ${code}`));
  });
  return {
    sound: child.stdout as AsyncIterable<Uint8Array>,
    failure,
    end: () => void child.kill("SIGTERM"),
  };
}

function isOnPath(program: string, path: string): boolean {
  const ending = process.platform === "win32" ? ".exe" : "";
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, `${program}${ending}`), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
