import decode, { type StreamDecoder } from "audio-decode";
import { truncated, unsupported } from "./audio-errors.js";
import { joinBytes } from "./join-samples.js";
import { usualLimits } from "./limits.js";
import { openSampleStream } from "./pcm-stream.js";
import { isUnknownLength, plainLayout, readWavHeader, type WavHeader } from "./riff.js";

/** A part of what `StreamDecoder` does: what of it decodes a stream. */
export type PieceDecoder = ((bytes?: Uint8Array) => ReturnType<StreamDecoder>) & Pick<StreamDecoder, "free">;

/** Where the samples of a WAV file have to have begun: more than any notes before them take. */
const mostHeaderBytes = 2 ** 20;

const nothing = { channelData: [], sampleRate: 0 };

/**
 * A decoder for WAV as it arrives, whatever `decodeAudio` reads of it: plain samples, mixed to mono, by the same header and
 * the same numbers, kept no longer than a piece; block codecs by the library. Throws LabError, naming the stream, for a
 * header that is damaged, too long or cut off.
 */
export function openWavStream(name: string): PieceDecoder {
  let head = new Uint8Array(0);
  let inner: PieceDecoder | null = null;
  const piece = async (bytes?: Uint8Array) => {
    if (inner !== null) return await inner(bytes);
    head = joinBytes(head, bytes ?? new Uint8Array(0));
    const header = readWavHeader(head, Number.POSITIVE_INFINITY, name);
    if (header === null) {
      if (bytes === undefined) throw truncated(name, "the stream ends before its samples begin");
      if (head.length <= mostHeaderBytes) return nothing;
      throw unsupported(name, `its samples do not begin within ${mostHeaderBytes} bytes`);
    }
    const plain = openPlainSamples(header, name);
    inner = plain ?? (await decode.wav());
    return await inner(plain === null ? head : head.subarray(header.dataStart));
  };
  return Object.assign(piece, { free: () => inner?.free() });
}

/** Plain samples behind a header, as many as it declares, or all that come where it cannot know; null behind a codec. */
function openPlainSamples(header: WavHeader, name: string): PieceDecoder | null {
  const layout = plainLayout(header, name);
  if (layout === null) return null;
  if (layout.channels > usualLimits.mostChannels) throw unsupported(name, `${layout.channels} channels`);
  const decodeSamples = openSampleStream(layout, name);
  let left = isUnknownLength(header.dataBytes) ? Number.POSITIVE_INFINITY : header.dataBytes;
  const piece = async (bytes: Uint8Array = new Uint8Array(0)) => {
    const own = bytes.subarray(0, Math.min(bytes.length, left)); // what follows the samples is no sound
    left -= own.length;
    const samples = decodeSamples(own);
    return samples.length === 0 ? nothing : { channelData: [samples], sampleRate: layout.rateHz };
  };
  return Object.assign(piece, { free() {} });
}
