import { declaredSize } from "./declared-size.js";
import { textAt } from "./riff.js";

/**
 * Why a compressed file is known to be cut off, or null when nothing in it says so. Decoders stop quietly at the
 * end of what is there, so the containers' own marks are looked at: FLAC's sample count (RFC 9639, 8.2), Ogg's
 * last page (RFC 3533, 6), MP4's box sizes (ISO/IEC 14496-12, 4.2), MP3's Xing or Info frame (bytes in the stream).
 * `decodedSamples` is a channel's length as decoded.
 */
export function reasonForTruncation(bytes: Uint8Array, decodedSamples: number): string | null {
  const start = textAt(bytes, 0, 4);
  if (start === "fLaC") return flacReason(bytes, decodedSamples);
  if (start === "OggS") return oggReason(bytes);
  if (textAt(bytes, 4, 4) === "ftyp") return mp4Reason(bytes);
  return mp3Reason(bytes);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function flacReason(bytes: Uint8Array, decoded: number): string | null {
  if (bytes.length < 42) return "the file ends inside its header";
  const { samplesEach: declared } = declaredSize(bytes);
  return declared > decoded ? `it declares ${declared} samples and holds ${decoded}` : null;
}

function oggReason(bytes: Uint8Array): string | null {
  const view = viewOf(bytes);
  let isLast = false;
  for (let at = 0; at + 27 <= bytes.length && textAt(bytes, at, 4) === "OggS"; ) {
    const segments = bytes.subarray(at + 27, at + 27 + view.getUint8(at + 26));
    const end = at + 27 + view.getUint8(at + 26) + segments.reduce((sum, length) => sum + length, 0);
    if (end > bytes.length) return "its last page is incomplete";
    isLast = (view.getUint8(at + 5) & 0x04) !== 0;
    at = end;
  }
  return isLast ? null : "the page that ends the stream is missing";
}

function mp4Reason(bytes: Uint8Array): string | null {
  const view = viewOf(bytes);
  for (let at = 0; at + 8 <= bytes.length; ) {
    const short = view.getUint32(at, false);
    if (short === 0) return null; // a box that goes on to the end of the file
    const size = short === 1 && at + 16 <= bytes.length ? Number(view.getBigUint64(at + 8, false)) : short;
    if (size < 8 || at + size > bytes.length)
      return `its box "${textAt(bytes, at + 4, 4)}" declares ${size} bytes and the file holds ${bytes.length - at}`;
    at += size;
  }
  return null;
}

function mp3Reason(bytes: Uint8Array): string | null {
  const view = viewOf(bytes);
  const isTagged = textAt(bytes, 0, 3) === "ID3" && bytes.length >= 10;
  const frame = isTagged ? 10 + synchsafe(bytes.subarray(6, 10)) : 0;
  for (let at = frame; at + 16 <= Math.min(bytes.length, frame + 64); at++) {
    if (!/^(Xing|Info)$/.test(textAt(bytes, at, 4))) continue;
    const flags = view.getUint32(at + 4, false);
    if ((flags & 2) === 0) return null;
    const declared = view.getUint32(at + ((flags & 1) !== 0 ? 12 : 8), false);
    const present = bytes.length - frame;
    return declared > present ? `it declares ${declared} bytes and holds ${present}` : null;
  }
  return null;
}

function synchsafe(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
}
