import { damaged, truncated, unsupported } from "./audio-errors.js";
import type { PcmData } from "./sound.js";

/** What the header of a WAV file tells; `tag` is the format tag, that of the sub-format for WAVE_FORMAT_EXTENSIBLE. */
export interface WavHeader {
  readonly tag: number;
  readonly channels: number;
  readonly rateHz: number;
  /** Bytes of one frame (one sample of every channel), or of one block of a block codec. */
  readonly frameBytes: number;
  /** Where the samples start, and how many bytes of them the header declares. */
  readonly dataStart: number;
  readonly dataBytes: number;
}

/** Format tags of mmreg.h that are plain samples. */
export const wavTags = { integer: 1, float: 3, "a-law": 6, "mu-law": 7 } as const;

const extensibleTag = 0xfffe;
/**
 * What programs that write to a pipe declare, because they cannot know: the samples go on to the file's end. SoX writes
 * 0x7ffff000 rounded down to whole frames, which are of 65,535 bytes at most; arecord 2 GiB; ffmpeg 0xffffffff. More than
 * 0xffffff00 no WAV file can hold.
 */
const unknownLengths = [
  { from: 0x7ffff000 - 0xffff, to: 0x80000000 },
  { from: 0xffffff00, to: 0xffffffff },
] as const;

/** Whether so many bytes of samples are what programs declare that do not know how many there will be. */
export function isUnknownLength(bytes: number): boolean {
  return unknownLengths.some(({ from, to }) => bytes >= from && bytes <= to);
}

/** How a header's samples lie, where they are plain; null behind a block codec. Throws LabError for sizes that cannot be. */
export function plainLayout(header: WavHeader, name: string): Omit<PcmData, "bytes"> | null {
  const { channels, rateHz, frameBytes } = header;
  const encodings = Object.keys(wavTags) as (keyof typeof wavTags)[];
  const encoding = encodings.find((one) => wavTags[one] === header.tag);
  if (encoding === undefined) return null;
  const bits = (8 * frameBytes) / channels;
  if (!Number.isInteger(bits / 8))
    throw unsupported(name, `${frameBytes} bytes a frame for ${channels} channels`);
  return { encoding, channels, rateHz, bits };
}

/** Whether bytes begin like a WAV file. */
export function isWav(bytes: Uint8Array): boolean {
  return textAt(bytes, 0, 4) === "RIFF" && textAt(bytes, 8, 4) === "WAVE";
}

/** `length` bytes as ASCII; shorter at the end of the data. */
export function textAt(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}

/**
 * Reads the chunks of a WAV file up to its samples, whatever stands before them (FLLR, LIST, odd sizes with or
 * without their pad byte). `bytes` may be the file's beginning only; `fileBytes` is the whole file's size.
 * Samples whose size was not known when the header was written go on to the file's end. Throws LabError, naming the
 * file, for a header that breaks off, contradicts itself or declares more samples than the file holds. Returns null
 * when `bytes` ends before the samples do begin but the file goes on.
 */
export function readWavHeader(bytes: Uint8Array, fileBytes: number, name: string): WavHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: Omit<WavHeader, "dataStart" | "dataBytes"> | null = null;
  let at = 12;
  while (at + 8 <= bytes.length) {
    const id = textAt(bytes, at, 4);
    const size = sizeAt(bytes, at);
    const body = at + 8;
    if (id === "fmt ") {
      if (size < 16) throw damaged(name, `its format chunk has ${size} bytes instead of 16 or more`);
      if (body + Math.min(size, 40) > bytes.length) break;
      format = readFormat(view, body, size, name);
    } else if (id === "data") {
      if (format === null) throw damaged(name, "its samples stand before their format");
      return { ...format, dataStart: body, dataBytes: dataLength(bytes, at, fileBytes, name) };
    }
    at = nextChunk(bytes, body, size);
  }
  if (bytes.length < fileBytes) return null;
  throw truncated(name, "the file ends before its samples begin");
}

function readFormat(view: DataView, at: number, size: number, name: string) {
  const declaredTag = view.getUint16(at, true);
  const tag = declaredTag === extensibleTag && size >= 40 ? view.getUint16(at + 24, true) : declaredTag;
  const format = {
    tag,
    channels: view.getUint16(at + 2, true),
    rateHz: view.getUint32(at + 4, true),
    frameBytes: view.getUint16(at + 12, true),
  };
  if (format.channels === 0 || format.rateHz === 0 || format.frameBytes === 0) {
    const { channels, rateHz, frameBytes } = format;
    throw damaged(name, `${channels} channels, ${rateHz} Hz and ${frameBytes} bytes a frame make no sound`);
  }
  return format;
}

/** Bytes of samples in the data chunk that begins at `at`. */
function dataLength(bytes: Uint8Array, at: number, fileBytes: number, name: string): number {
  const declared = sizeAt(bytes, at);
  const present = fileBytes - at - 8;
  if (declared === 0) return isChunk(bytes, at + 8, fileBytes) ? 0 : present; // never filled in, or really empty
  if (declared <= present) return declared;
  if (isUnknownLength(declared)) return present;
  throw truncated(name, `it declares ${declared} bytes of samples and holds ${present}`);
}

/** Whether a whole chunk with a name stands at a place. */
function isChunk(bytes: Uint8Array, at: number, fileBytes: number): boolean {
  return isName(bytes, at) && at + 8 <= bytes.length && at + 8 + sizeAt(bytes, at) <= fileBytes;
}

function isName(bytes: Uint8Array, at: number): boolean {
  return /^[\x20-\x7e]{4}$/.test(textAt(bytes, at, 4));
}

function sizeAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at + 4, true);
}

/** Chunks start at even places; a writer that forgets the pad byte is recognised by the letters that follow. */
function nextChunk(bytes: Uint8Array, body: number, size: number): number {
  const end = body + size;
  if (size % 2 === 0) return end;
  const isUnpadded = textAt(bytes, end, 4) === "data" || !isName(bytes, end + 1);
  return isUnpadded && isName(bytes, end) ? end : end + 1;
}
