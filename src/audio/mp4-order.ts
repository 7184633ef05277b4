import { textAt } from "./riff.js";

interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Boxes that hold the tables of chunks, or others that do. */
const containers = new Set(["moov", "trak", "mdia", "minf", "stbl"]);

/**
 * An MP4 file in two parts that a decoder may be given one after the other: what it says of its sound, and the sound (ISO/IEC
 * 14496-12). Many programs write the former at the end of the file; here it comes first, with the places of the sound put
 * right, so that a decoder needs neither the whole file nor all of its sound at once. Null for a file of another order of
 * boxes, whose bytes are to be taken as they come.
 */
export function movieFirst(bytes: Uint8Array): { head: Uint8Array; media: readonly Uint8Array[] } | null {
  const boxes = boxesIn(bytes, 0, bytes.length);
  const movie = boxes.find(({ type }) => type === "moov");
  const sound = boxes.find(({ type }) => type === "mdat");
  if (movie === undefined || boxes.some(({ type }) => type === "moof")) return null;
  if (sound === undefined || movie.start < sound.start)
    return { head: bytes.subarray(0, movie.end), media: [bytes.subarray(movie.end)] };
  const moved = bytes.slice(movie.start, movie.end);
  moveChunks(moved, 0, moved.length, (place) =>
    place >= sound.start && place < movie.start ? place + moved.length : place,
  );
  const head = new Uint8Array(sound.start + moved.length);
  head.set(bytes.subarray(0, sound.start));
  head.set(moved, sound.start);
  return { head, media: [bytes.subarray(sound.start, movie.start), bytes.subarray(movie.end)] };
}

/** The boxes that stand one after the other; up to the first that is cut off, or goes on to the file's end. */
function boxesIn(bytes: Uint8Array, start: number, end: number): Box[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const boxes: Box[] = [];
  for (let at = start; at + 8 <= end; ) {
    const short = view.getUint32(at, false);
    const size = short === 1 && at + 16 <= end ? Number(view.getBigUint64(at + 8, false)) : short;
    if (size < 8 || at + size > end) break;
    boxes.push({ type: textAt(bytes, at + 4, 4), start: at, end: at + size });
    at += size;
  }
  return boxes;
}

/** Changes where chunks of sound lie, in the tables `stco` (32 bits) and `co64`. */
function moveChunks(
  bytes: Uint8Array,
  start: number,
  end: number,
  moved: (place: number) => number,
  depth = 0,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { type, start: box, end: boxEnd } of boxesIn(bytes, start, end)) {
    if (containers.has(type) && depth < 8) moveChunks(bytes, box + 8, boxEnd, moved, depth + 1);
    if (type !== "stco" && type !== "co64") continue;
    const entryBytes = type === "stco" ? 4 : 8;
    for (let at = box + 16; at + entryBytes <= boxEnd; at += entryBytes) {
      if (entryBytes === 4) view.setUint32(at, moved(view.getUint32(at, false)), false);
      else view.setBigUint64(at, BigInt(moved(Number(view.getBigUint64(at, false)))), false);
    }
  }
}
