import { textAt } from "./riff.js";

/** How much sound a compressed file says that it holds; 0 where it does not say. */
export interface DeclaredSize {
  readonly channels: number;
  readonly samplesEach: number;
  readonly rateHz: number;
}

/**
 * What the head of a compressed file declares, before anything is decoded: FLAC's STREAMINFO (RFC 9639, 8.2), the first
 * and the last page of an Ogg stream (RFC 3533; RFC 7845; Vorbis I), MP4's movie header (ISO/IEC 14496-12, 8.2.2).
 */
export function declaredSize(bytes: Uint8Array): DeclaredSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (textAt(bytes, 0, 4) === "fLaC" && bytes.length >= 42) {
    return {
      channels: ((view.getUint8(20) >> 1) & 7) + 1,
      samplesEach: (view.getUint8(21) & 0x0f) * 2 ** 32 + view.getUint32(22, false),
      rateHz: (view.getUint16(18, false) << 4) | (view.getUint8(20) >> 4),
    };
  }
  if (textAt(bytes, 0, 4) === "OggS" && bytes.length >= 47) return oggSize(bytes, view);
  if (textAt(bytes, 4, 4) === "ftyp") return mp4Size(bytes, view);
  return { channels: 1, samplesEach: 0, rateHz: 0 };
}

function oggSize(bytes: Uint8Array, view: DataView): DeclaredSize {
  const packet = 27 + view.getUint8(26);
  const isOpus = textAt(bytes, packet, 8) === "OpusHead";
  const isVorbis = textAt(bytes, packet + 1, 6) === "vorbis" && packet + 16 <= bytes.length;
  if (!isOpus && !isVorbis) return { channels: 1, samplesEach: 0, rateHz: 0 };
  // The last page's granule position is the stream's length; pages are at most 65,307 bytes.
  let samplesEach = 0;
  for (let at = bytes.length - 27; at >= Math.max(0, bytes.length - 65_400); at--) {
    if (textAt(bytes, at, 4) !== "OggS") continue;
    const position = view.getBigInt64(at + 6, true);
    samplesEach = position > 0n ? Number(position) : 0;
    break;
  }
  return isOpus
    ? { channels: view.getUint8(packet + 9), samplesEach, rateHz: 48_000 }
    : { channels: view.getUint8(packet + 11), samplesEach, rateHz: view.getUint32(packet + 12, true) };
}

/** Boxes that hold the others which are looked at. */
const mp4Containers = new Set(["moov", "trak", "mdia", "minf", "stbl"]);
/** Where the number of a table's entries stands in its box, and what one entry takes. */
const mp4Tables: Readonly<Record<string, { readonly countAt: number; readonly entryBytes: number }>> = {
  stts: { countAt: 4, entryBytes: 8 },
  stsc: { countAt: 4, entryBytes: 12 },
  stco: { countAt: 4, entryBytes: 4 },
  co64: { countAt: 4, entryBytes: 8 },
  stsz: { countAt: 8, entryBytes: 4 },
};

/** The longest track's length. A table that declares more entries than its box can hold counts as endless. */
function mp4Size(bytes: Uint8Array, view: DataView): DeclaredSize {
  let [channels, samplesEach, rateHz] = [1, 0, 0];
  const visit = (start: number, end: number, depth: number): void => {
    for (let at = start; at + 8 <= end; ) {
      const size = view.getUint32(at, false);
      const type = textAt(bytes, at + 4, 4);
      const body = at + 8;
      const boxEnd = size === 0 ? end : at + size;
      if (size === 1 || (size !== 0 && size < 8) || boxEnd > end) return; // a large box: the media itself
      if (mp4Containers.has(type) && depth < 8) visit(body, boxEnd, depth + 1);
      const table = mp4Tables[type];
      if (table !== undefined && body + table.countAt + 4 <= boxEnd) {
        const entries = view.getUint32(body + table.countAt, false);
        const uniform = type === "stsz" ? view.getUint32(body + 4, false) : 0;
        const room = uniform > 0 ? bytes.length / uniform : (boxEnd - body) / table.entryBytes;
        if (entries > room) samplesEach = Number.POSITIVE_INFINITY;
      }
      if (type === "mdhd" && body + (view.getUint8(body) === 1 ? 36 : 24) <= boxEnd) {
        const isLong = view.getUint8(body) === 1;
        const timescale = view.getUint32(body + (isLong ? 20 : 12), false);
        const duration = isLong
          ? Number(view.getBigUint64(body + 24, false))
          : view.getUint32(body + 16, false);
        // An unknown duration has all bits set.
        const isKnown = isLong ? duration < 2 ** 63 : duration !== 0xffffffff;
        if (isKnown && duration > samplesEach) [samplesEach, rateHz] = [duration, timescale];
      }
      if (type === "stsd" && body + 34 <= boxEnd)
        channels = Math.max(channels, view.getUint16(body + 32, false));
      at = boxEnd;
    }
  };
  visit(0, bytes.length, 0);
  return { channels, samplesEach, rateHz };
}
