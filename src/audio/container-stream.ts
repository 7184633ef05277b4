import decode, { type StreamDecoder } from "audio-decode";
import audioType from "audio-type";
import { LabError, messageOf } from "../core/errors.js";
import { truncated, unsupported } from "./audio-errors.js";
import { flacCut } from "./flac-cut.js";
import { joinBytes, joinSamples } from "./join-samples.js";
import { usualLimits } from "./limits.js";
import { openSampleStream } from "./pcm-stream.js";
import { isUnknownLength, isWav, plainLayout, readWavHeader, type WavHeader } from "./riff.js";
import { mixToMono, withNumbersOnly } from "./sound.js";

/** The containers that can be heard from their beginning on; the others keep what a decoder needs at their end. */
const streamable = ["wav", "aiff", "flac", "mp3", "aac", "opus", "oga", "caf"] as const;

/** Sound of a container as far as it has arrived. */
export interface DecodedPiece {
  /** Mono, at `rateHz`. */
  readonly samples: Float32Array;
  readonly rateHz: number;
}

/** Decodes a container that arrives in pieces. */
export interface ContainerStream {
  /** What can be heard of it now; null until the container has begun to tell. */
  push(bytes: Uint8Array): Promise<DecodedPiece | null>;
  /** What the decoder still held. Throws LabError when no sound was found at all. */
  end(): Promise<DecodedPiece | null>;
  /** Frees the decoder's memory; safe to call twice. */
  close(): void;
}

/** Enough to tell a container by its content, also behind a short ID3 tag. */
const headBytes = 4_096;
/** Where the samples of a WAV file have to have begun: more than any notes before them take. */
const mostHeaderBytes = 2 ** 20;

/**
 * A decoder for WAV, AIFF, FLAC, MP3, AAC, OGG Opus and OGG Vorbis as they arrive, told apart by content. Memory does
 * not grow with the sound. `name` is what errors call the stream.
 * Throws LabError, also later on, for what is no audio, for damaged data and for containers that cannot be streamed.
 */
export function openContainerStream(name: string): ContainerStream {
  let head = new Uint8Array(0);
  let decoder: StreamDecoder | null = null;
  let plainWav: ((bytes: Uint8Array) => DecodedPiece | null) | null = null;
  let isFlac = false;
  /** What may be half of a FLAC frame's header. */
  let heldBack = new Uint8Array(0);
  let hasSound = false;

  const wholeHeaders = (bytes: Uint8Array): Uint8Array => {
    if (!isFlac) return bytes;
    const arrived = joinBytes(heldBack, bytes);
    const end = flacCut(arrived, arrived.length);
    heldBack = arrived.slice(end);
    return arrived.subarray(0, end);
  };
  const decodePiece = async (bytes?: Uint8Array): Promise<DecodedPiece | null> => {
    if (bytes?.length === 0) return null;
    const { channelData, sampleRate } = await decoder!(bytes).catch((error: unknown) => {
      throw unsupported(name, messageOf(error));
    });
    if (channelData.length === 0) return null;
    hasSound = true;
    return { samples: withNumbersOnly(mixToMono(channelData)), rateHz: sampleRate };
  };
  const hearPlain = (bytes: Uint8Array): DecodedPiece | null => {
    const piece = plainWav!(bytes);
    hasSound ||= piece !== null;
    return piece;
  };
  const begin = async (): Promise<DecodedPiece | null> => {
    if (isWav(head)) {
      const header = readWavHeader(head, Number.POSITIVE_INFINITY, name);
      if (header === null) {
        if (head.length <= mostHeaderBytes) return null;
        throw unsupported(name, `its samples do not begin within ${mostHeaderBytes} bytes`);
      }
      plainWav = openPlainWav(header, name);
      if (plainWav !== null) return hearPlain(head.subarray(header.dataStart));
    }
    isFlac = audioType(head) === "flac";
    decoder = await openDecoder(head, name);
    return await decodePiece(wholeHeaders(head));
  };

  return {
    async push(bytes) {
      if (plainWav !== null) return hearPlain(bytes);
      if (decoder !== null) return await decodePiece(wholeHeaders(bytes));
      head = joinBytes(head, bytes);
      return head.length < headBytes ? null : await begin();
    },
    async end() {
      if (head.length === 0) throw new LabError(`${name} is empty.`, "Check the program that writes to it.");
      const isHeaderCut = isWav(head) && readWavHeader(head, Number.POSITIVE_INFINITY, name) === null;
      if (isHeaderCut) throw truncated(name, "the stream ends before its samples begin");
      const pieces = [
        decoder === null && plainWav === null ? await begin() : null,
        heldBack.length > 0 ? await decodePiece(heldBack) : null,
        plainWav === null ? await decodePiece() : null,
      ].filter((piece) => piece !== null);
      if (!hasSound) throw unsupported(name, "no sound was found in it");
      const [first] = pieces;
      if (first === undefined) return null;
      return { samples: joinSamples(pieces.map(({ samples }) => samples)), rateHz: first.rateHz };
    },
    close: () => decoder?.free(),
  };
}

/** Plain samples behind a WAV header, as many as it declares, or all that come where it cannot know; null behind a codec. */
function openPlainWav(header: WavHeader, name: string): ((bytes: Uint8Array) => DecodedPiece | null) | null {
  const layout = plainLayout(header, name);
  if (layout === null) return null;
  if (layout.channels > usualLimits.mostChannels) throw unsupported(name, `${layout.channels} channels`);
  const decodeSamples = openSampleStream(layout, name);
  let left = isUnknownLength(header.dataBytes) ? Number.POSITIVE_INFINITY : header.dataBytes;
  return (bytes) => {
    const own = bytes.subarray(0, Math.min(bytes.length, left)); // what follows the samples is no sound
    left -= own.length;
    const samples = decodeSamples(own);
    return samples.length === 0 ? null : { samples, rateHz: layout.rateHz };
  };
}

async function openDecoder(head: Uint8Array, name: string): Promise<StreamDecoder> {
  const type = audioType(head);
  const known = streamable.find((one) => one === type);
  if (known !== undefined) return await decode[known]();
  if (type === undefined) {
    throw new LabError(
      `${name} is no audio that can be recognised.`,
      "Raw samples need their layout: --rate, --channels and --format.",
    );
  }
  throw new LabError(
    `${name} is ${type}, which cannot be heard while it arrives.`,
    `Give the whole file to \`affectlab predict\`, or stream one of ${streamable.join(", ")}, or raw samples.`,
  );
}
