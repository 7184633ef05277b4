import decode, { type AudioData, type StreamDecoder } from "audio-decode";
import kindOf from "audio-type";
import { LabError, messageOf } from "../core/errors.js";
import { NoAudioError, truncated, unsupported } from "./audio-errors.js";
import { reasonForTruncation } from "./declared-length.js";
import { flacCut } from "./flac-cut.js";
import { type AudioLimits, checkSize } from "./limits.js";
import { movieFirst } from "./mp4-order.js";
import type { Sound } from "./sound.js";

/**
 * Bytes that are decoded before the samples so far are counted: a file may hold far more sound than it declares. Of these
 * kinds a few bytes may stand for thousands of samples in many channels; yet fewer bytes at a time make the parser of a damaged
 * FLAC slow, which looks through the last half megabyte with each of them.
 */
const pieceBytesOf = (kind: string): number => (["flac", "opus", "oga"].includes(kind) ? 4_096 : 16_384);

/** Music that is computed from notes, not recorded: it has no length of its own. */
const noRecordings = ["mod", "xm", "s3m", "it"];

/**
 * Decodes FLAC, MP3, OGG Vorbis and Opus, M4A and AAC, WebM, and the rarer formats that audio-decode recognises by
 * their content, piece by piece. Throws LabError, naming the file, for what is no audio, unknown, damaged, cut off, or larger than the
 * limits, as soon as there is too much of it.
 */
export async function* decodeCompressed(
  bytes: Uint8Array,
  name: string,
  limits: AudioLimits,
): AsyncGenerator<Sound> {
  let samplesEach = 0;
  try {
    for await (const sound of decodeInPieces(bytes)) {
      samplesEach += sound.channels[0]!.length;
      checkSize({ channels: sound.channels.length, samplesEach, rateHz: sound.rateHz }, name, limits);
      yield sound;
    }
  } catch (error) {
    throw error instanceof LabError ? error : failure(bytes, name, messageOf(error));
  }
  const reason = reasonForTruncation(bytes, samplesEach);
  if (reason !== null) throw truncated(name, reason);
  if (samplesEach === 0) throw unsupported(name, "no sound was found in it");
}

async function* decodeInPieces(bytes: Uint8Array): AsyncGenerator<Sound> {
  const own = new Uint8Array(bytes); // the kind is read from the beginning of the buffer, whatever the view
  const kind = kindOf(own);
  if (kind === undefined) throw new Error("Unknown audio format");
  if (noRecordings.includes(kind)) throw new Error("it holds notes, no recorded sound");
  const open = (decode as unknown as Record<string, (() => Promise<StreamDecoder>) | undefined>)[kind];
  if (open === undefined) throw new Error(`No decoder for ${kind}`);
  const decoder = await open();
  try {
    for (const piece of piecesOf(own, kind)) yield* soundOf(await decoder(piece));
    yield* soundOf(await decoder());
  } finally {
    decoder.free();
  }
}

/** A file's bytes in the pieces in which its decoder is given them. */
function* piecesOf(bytes: Uint8Array, kind: string): Generator<Uint8Array> {
  const movie = ["m4a", "mp4", "mov"].includes(kind) ? movieFirst(bytes) : null;
  if (movie !== null) yield movie.head;
  for (const part of movie?.media ?? [bytes]) {
    for (let at = 0; at < part.length; ) {
      const wanted = Math.min(part.length, at + pieceBytesOf(kind));
      const end = kind === "flac" && wanted < part.length ? flacCut(part, wanted) : wanted;
      yield part.subarray(at, end);
      at = end;
    }
  }
}

function* soundOf({ channelData, sampleRate }: AudioData): Generator<Sound> {
  if ((channelData[0]?.length ?? 0) > 0) yield { channels: channelData, rateHz: sampleRate };
}

function failure(bytes: Uint8Array, name: string, message: string): LabError {
  if (/unknown audio format/i.test(message)) {
    return new NoAudioError(
      `${name} is no audio: its content is neither WAV, AIFF, FLAC, MP3, OGG, M4A nor WebM.`,
      "Check that this is the file you mean; its name's ending does not matter, its content does.",
    );
  }
  const reason = reasonForTruncation(bytes, 0);
  return reason === null ? unsupported(name, message) : truncated(name, reason);
}
