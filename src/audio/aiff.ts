import { damaged, truncated, unsupported } from "./audio-errors.js";
import { textAt } from "./riff.js";
import type { PcmData } from "./sound.js";

/** Whether bytes begin like an AIFF or AIFF-C file. */
export function isAiff(bytes: Uint8Array): boolean {
  return textAt(bytes, 0, 4) === "FORM" && /^AIF[FC]$/.test(textAt(bytes, 8, 4));
}

/** The compression types of AIFF-C that are plain samples, with the order of their bytes. */
const compressions: Readonly<
  Record<string, { encoding: PcmData["encoding"]; littleEndian?: boolean; bits?: number }>
> = {
  NONE: { encoding: "integer" },
  twos: { encoding: "integer" },
  sowt: { encoding: "integer", littleEndian: true },
  fl32: { encoding: "float", bits: 32 },
  FL32: { encoding: "float", bits: 32 },
  fl64: { encoding: "float", bits: 64 },
  FL64: { encoding: "float", bits: 64 },
  alaw: { encoding: "a-law", bits: 8 },
  ALAW: { encoding: "a-law", bits: 8 },
  ulaw: { encoding: "mu-law", bits: 8 },
  ULAW: { encoding: "mu-law", bits: 8 },
};

/**
 * The samples of an AIFF or AIFF-C file (Apple, Audio Interchange File Format 1.3, 1989, and AIFF-C draft, 1991),
 * brought into a WAV file's byte order. An own reader, because audio-decode takes 8-bit AIFF for unsigned and does
 * not report a file that is cut off. Throws LabError, naming the file, for what is damaged, truncated or compressed.
 */
export function readAiff(bytes: Uint8Array, name: string): PcmData {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let common = -1;
  let commonBytes = 0;
  let sound = -1;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = textAt(bytes, at, 4);
    const size = view.getUint32(at + 4, false);
    if (id === "COMM" && at + 8 + Math.max(size, 18) <= bytes.length) {
      common = at + 8;
      commonBytes = size;
    }
    if (id === "SSND" && at + 16 <= bytes.length) sound = at + 8;
    at += 8 + size + (size % 2);
  }
  if (common < 0) throw damaged(name, "it has no COMM chunk, which tells the format of its samples");
  const channels = view.getUint16(common, false);
  const frames = view.getUint32(common + 2, false);
  const rateHz = Math.round(readExtended(view, common + 8));
  const type = commonBytes >= 22 ? textAt(bytes, common + 18, 4) : "NONE";
  const compression = compressions[type];
  if (compression === undefined) throw unsupported(name, `AIFF-C compression "${type}" is not known here`);
  const bits = compression.bits ?? 8 * Math.ceil(view.getUint16(common + 6, false) / 8);
  if (channels === 0 || bits === 0 || !(rateHz > 0)) {
    throw damaged(name, `${channels} channels of ${bits} bits at ${rateHz} Hz make no sound`);
  }
  if (sound < 0) throw truncated(name, "the file ends before its samples begin");
  const start = sound + 8 + view.getUint32(sound, false);
  const needed = (frames * channels * bits) / 8;
  const present = Math.max(0, bytes.length - start);
  if (needed > present) throw truncated(name, `it declares ${needed} bytes of samples and holds ${present}`);
  const samples = new Uint8Array(bytes.subarray(start, start + needed));
  if (compression.littleEndian !== true) swapBytes(samples, bits / 8);
  if (compression.encoding === "integer" && bits === 8) for (const i of samples.keys()) samples[i]! ^= 0x80;
  return { encoding: compression.encoding, channels, rateHz, bits, bytes: samples };
}

/** An 80-bit extended number (IEEE 754, big-endian): AIFF's sample rate. */
function readExtended(view: DataView, at: number): number {
  const exponent = view.getUint16(at, false) & 0x7fff;
  const mantissa = view.getUint32(at + 2, false) * 2 ** 32 + view.getUint32(at + 6, false);
  return mantissa * 2 ** (exponent - 16383 - 63);
}

function swapBytes(bytes: Uint8Array, width: number): void {
  if (width < 2) return;
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}
