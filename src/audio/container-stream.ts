import decode from "audio-decode";
import audioType from "audio-type";
import { LabError, messageOf } from "../core/errors.js";
import { unsupported } from "./audio-errors.js";
import { flacCut } from "./flac-cut.js";
import { joinBytes, joinSamples } from "./join-samples.js";
import { mixToMono, withNumbersOnly } from "./sound.js";
import { openWavStream, type PieceDecoder } from "./wav-stream.js";

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

/**
 * A decoder for WAV, AIFF, FLAC, MP3, AAC, OGG Opus and OGG Vorbis as they arrive, told apart by content. Memory does
 * not grow with the sound. `name` is what errors call the stream.
 * Throws LabError, also later on, for what is no audio, for damaged data and for containers that cannot be streamed.
 */
export function openContainerStream(name: string): ContainerStream {
  let head = new Uint8Array(0);
  let decoder: PieceDecoder | null = null;
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
      throw error instanceof LabError ? error : unsupported(name, messageOf(error));
    });
    if (channelData.length === 0) return null;
    hasSound = true;
    return { samples: withNumbersOnly(mixToMono(channelData)), rateHz: sampleRate };
  };
  const begin = async (): Promise<DecodedPiece | null> => {
    isFlac = audioType(head) === "flac";
    decoder = await openDecoder(head, name);
    return await decodePiece(wholeHeaders(head));
  };

  return {
    async push(bytes) {
      if (decoder !== null) return await decodePiece(wholeHeaders(bytes));
      head = joinBytes(head, bytes);
      return head.length < headBytes ? null : await begin();
    },
    async end() {
      if (head.length === 0) throw new LabError(`${name} is empty.`, "Check the program that writes to it.");
      const pieces = [
        decoder === null ? await begin() : null,
        heldBack.length > 0 ? await decodePiece(heldBack) : null,
        await decodePiece(),
      ].filter((piece) => piece !== null);
      if (!hasSound) throw unsupported(name, "no sound was found in it");
      const [first] = pieces;
      if (first === undefined) return null;
      return { samples: joinSamples(pieces.map(({ samples }) => samples)), rateHz: first.rateHz };
    },
    close: () => decoder?.free(),
  };
}

async function openDecoder(head: Uint8Array, name: string): Promise<PieceDecoder> {
  const type = audioType(head);
  const known = streamable.find((one) => one === type);
  if (known === "wav") return openWavStream(name);
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
