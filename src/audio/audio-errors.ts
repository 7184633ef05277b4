import { LabError } from "../core/errors.js";

/** The remedy for a file that ends before its own header says it does. */
const copyAgain = "Copy or download the file again.";

/** `name` is cut off: it holds fewer bytes or samples than it declares. */
export function truncated(name: string, detail: string): LabError {
  return new LabError(`${name} is truncated: ${detail}.`, copyAgain);
}

/** `name` has a header that contradicts itself or breaks off. */
export function damaged(name: string, detail: string): LabError {
  return new LabError(`${name} is damaged: ${detail}.`, copyAgain);
}

/** A file whose content is no audio of any kind that is known here. */
export class NoAudioError extends LabError {}

/** `name` is audio of a kind that no decoder here reads. */
export function unsupported(name: string, detail: string): LabError {
  return new LabError(
    `${name} cannot be decoded: ${detail}.`,
    "Convert it to WAV, FLAC, MP3, OGG or M4A, for example with ffmpeg.",
  );
}
