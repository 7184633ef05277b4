import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { LabError, messageOf } from "../core/errors.js";
import { type DecodeOptions, decodeAudio } from "./decode.js";
import { type AudioLimits, checkBytes, usualLimits } from "./limits.js";
import { isWav, readWavHeader } from "./riff.js";
import type { Wave } from "./wave.js";

/** More than the header of any corpus file takes (RAVDESS: 4,132 bytes). */
const headerBytes = 16_384;

/** Decodes an audio file to mono at 16 kHz, as `decodeAudio` does; errors name the path. Throws LabError. */
export async function decodeFile(path: string, options: DecodeOptions = {}): Promise<Wave> {
  return await decodeAudio(await readAudioFile(path, options.limits), path, options);
}

/**
 * How long a recording is, in seconds. A WAV file's header tells (the file is not read further); anything else
 * is decoded. Throws LabError, naming the path, when the file cannot be read or is no sound audio file.
 */
export async function readDuration(path: string): Promise<number> {
  const file = await open(path, "r").catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const { size } = await file.stat();
    const start = new Uint8Array(Math.min(size, headerBytes));
    const { bytesRead } = await file.read(start, 0, start.length, 0).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    const header = isWav(start) ? readWavHeader(start.subarray(0, bytesRead), size, path) : null;
    // A block codec holds several samples a block: its header does not tell the time exactly.
    const isPlain = header !== null && [1, 3, 6, 7].includes(header.tag);
    if (isPlain) return Math.floor(header.dataBytes / header.frameBytes) / header.rateHz;
  } finally {
    await file.close();
  }
  const wave = await decodeFile(path);
  return wave.samples.length / wave.sampleRate;
}

/** The bytes of a recording. Throws LabError, naming the path, when it cannot be read or is larger than the limits. */
export async function readAudioFile(path: string, limits: AudioLimits = usualLimits): Promise<Uint8Array> {
  try {
    const facts = await stat(path);
    checkBytes(facts.size, path, limits);
    return facts.isFile() ? await readFile(path) : await readPipe(createReadStream(path), path, limits);
  } catch (error) {
    throw error instanceof LabError ? error : unreadable(path, error);
  }
}

/**
 * What comes out of a pipe or a device, which does not tell its size beforehand and may have no end. Throws LabError, with
 * the name that errors call it by, when there is more than the limits.
 */
export async function readPipe(
  pipe: AsyncIterable<Buffer>,
  name: string,
  limits: AudioLimits = usualLimits,
): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pipe) {
    bytes += piece.length;
    checkBytes(bytes, name, limits);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function unreadable(path: string, error: unknown): LabError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return new LabError(`There is no file ${path}.`, "Check the path.");
  return new LabError(
    `${path} cannot be read (${code ?? messageOf(error)}).`,
    "Check the file and its permissions.",
  );
}
