import decode, { type AudioData, type StreamDecoder } from "audio-decode";
import kindOf from "audio-type";
import { LabError, messageOf } from "../core/errors.js";
import { truncated, unsupported } from "./audio-errors.js";
import { reasonForTruncation } from "./declared-length.js";
import { declaredSize } from "./declared-size.js";
import { joinSamples } from "./join-samples.js";
import { type AudioLimits, checkSize } from "./limits.js";
import type { Sound } from "./sound.js";

/** Bytes that are decoded before the samples so far are counted: a file may hold far more sound than it declares. */
const pieceBytes = 16_384;

/**
 * Decodes FLAC, MP3, OGG Vorbis and Opus, M4A and AAC, WebM, and the rarer formats that audio-decode recognises by
 * their content. Throws LabError, naming the file, for what is no audio, unknown, damaged, cut off, or larger than the
 * limits: by what it declares before anything is decoded, by what is decoded as soon as there is too much of it.
 */
export async function decodeCompressed(bytes: Uint8Array, name: string, limits: AudioLimits): Promise<Sound> {
  checkSize(declaredSize(bytes), name, limits);
  const pieces = await decodeInPieces(bytes, name, limits).catch((error: unknown) => {
    throw error instanceof LabError ? error : failure(bytes, name, messageOf(error));
  });
  const samples = pieces.reduce((sum, { channelData }) => sum + channelData[0]!.length, 0);
  const reason = reasonForTruncation(bytes, samples);
  if (reason !== null) throw truncated(name, reason);
  if (samples === 0) throw unsupported(name, "no sound was found in it");
  return { channels: joinChannels(pieces), rateHz: pieces[0]!.sampleRate };
}

async function decodeInPieces(bytes: Uint8Array, name: string, limits: AudioLimits): Promise<AudioData[]> {
  const own = new Uint8Array(bytes); // the kind is read from the beginning of the buffer, whatever the view
  const kind = kindOf(own);
  if (kind === undefined) throw new Error("Unknown audio format");
  const open = (decode as unknown as Record<string, (() => Promise<StreamDecoder>) | undefined>)[kind];
  if (open === undefined) throw new Error(`No decoder for ${kind}`);
  const decoder = await open();
  const pieces: AudioData[] = [];
  let samplesEach = 0;
  const add = (piece: AudioData): void => {
    const { length } = piece.channelData[0] ?? [];
    if (!length) return;
    samplesEach += length;
    checkSize({ channels: piece.channelData.length, samplesEach, rateHz: piece.sampleRate }, name, limits);
    pieces.push(piece);
  };
  try {
    for (let at = 0; at < own.length; at += pieceBytes) {
      add(await decoder(own.subarray(at, at + pieceBytes)));
    }
    add(await decoder());
  } catch (error) {
    decoder.free();
    throw error;
  }
  return pieces;
}

/** Pieces one after the other. One whose channels are the same comes as mono; it stands for each of them. */
function joinChannels(pieces: readonly AudioData[]): Float32Array[] {
  if (pieces.length === 1) return pieces[0]!.channelData;
  const count = Math.max(...pieces.map(({ channelData }) => channelData.length));
  return Array.from({ length: count }, (_, channel) =>
    joinSamples(pieces.map(({ channelData }) => channelData[channel] ?? channelData[0]!)),
  );
}

function failure(bytes: Uint8Array, name: string, message: string): LabError {
  if (/unknown audio format/i.test(message)) {
    return new LabError(
      `${name} is no audio: its content is neither WAV, AIFF, FLAC, MP3, OGG nor M4A.`,
      "Check that this is the file you mean; its name's ending does not matter, its content does.",
    );
  }
  const reason = reasonForTruncation(bytes, 0);
  return reason === null ? unsupported(name, message) : truncated(name, reason);
}
