// Changes inputs as files are changed by accident and by malice.

/** Numbers at the edges of what formats count with. */
const edges = [0, 1, 2, 7, 8, 16, 32, 64, 100, 127, 128, 255, 256, 1000, 4096, 32767, 32768, 65535, 65536];
const wideEdges = [...edges, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];
const texts = [
  "-1",
  "0",
  "1e999",
  "NaN",
  "null",
  "[]",
  "{}",
  '""',
  '"',
  ",",
  ";",
  "\n",
  "\r\n",
  "\0",
  "../",
  "/",
  "é",
  "\u202e",
  "__proto__",
  "constructor",
  "true",
  "9999999999999999999",
  "-0.5",
  "%",
  "<b>",
];

/**
 * @typedef {import("../../../src/core/random.js").Random} Random
 * @typedef {(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array} Change
 */

/** @type {readonly Change[]} */
const changes = [
  (bytes, random) =>
    at(bytes, random, (view, i) => view.setUint8(i, view.getUint8(i) ^ (1 << random.below(8)))),
  (bytes, random) => at(bytes, random, (view, i) => view.setUint8(i, random.below(256))),
  (bytes, random) => at(bytes, random, (view, i) => view.setUint8(i, pick(edges, random) & 255)),
  (bytes, random) =>
    at(bytes, random, (view, i) => view.setUint16(i, pick(edges, random) & 65535, random.chance(0.5)), 2),
  (bytes, random) =>
    at(bytes, random, (view, i) => view.setUint32(i, pick(wideEdges, random), random.chance(0.5)), 4),
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)), // cut off
  (bytes, random) => {
    const [start, end] = range(bytes, random);
    return join(bytes.subarray(0, start), bytes.subarray(end));
  },
  (bytes, random) => {
    const [start, end] = range(bytes, random);
    return join(bytes.subarray(0, end), bytes.subarray(start));
  },
  (bytes, random) =>
    insert(
      bytes,
      random,
      Uint8Array.from({ length: 1 + random.below(16) }, () => random.below(256)),
    ),
  (bytes, random) => insert(bytes, random, new TextEncoder().encode(pick(texts, random))),
  (bytes, random, others) => {
    const other = pick(others, random);
    return join(
      bytes.subarray(0, random.below(bytes.length + 1)),
      other.subarray(random.below(other.length + 1)),
    );
  },
  (bytes, random, others) => {
    const other = pick(others, random);
    const [start, end] = range(other, random);
    return insert(bytes, random, other.subarray(start, Math.min(end, start + 4096)));
  },
  replaceNumber,
];

/**
 * A number written in digits becomes another one.
 * @type {Change}
 */
function replaceNumber(bytes, random) {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 65_536));
  const numbers = [...text.matchAll(/-?\d+(\.\d+)?/g)];
  if (numbers.length === 0) return bytes;
  const { index, 0: number } = pick(numbers, random);
  const value = random.chance(0.5) ? String(pick(wideEdges, random)) : pick(texts, random);
  return join(
    bytes.subarray(0, index),
    new TextEncoder().encode(value),
    bytes.subarray(index + number.length),
  );
}

/**
 * A changed copy of an input: one to eight changes.
 * @param {Uint8Array} bytes
 * @param {Random} random
 * @param {readonly Uint8Array[]} others inputs that parts are taken from
 * @param {number} mostBytes
 */
export function mutate(bytes, random, others, mostBytes) {
  let changed = new Uint8Array(bytes);
  for (let count = 1 + random.below(8); count > 0; count--)
    changed = new Uint8Array(pick(changes, random)(changed, random, others));
  return changed.subarray(0, mostBytes);
}

/**
 * An input made long: a stretch of it repeated until it has so many bytes.
 * @param {Uint8Array} bytes
 * @param {Random} random
 * @param {number} length
 */
export function enlarge(bytes, random, length) {
  if (bytes.length === 0) return bytes;
  const [start, end] = range(bytes, random);
  const stretch = bytes.subarray(start, Math.max(end, start + 1));
  const long = new Uint8Array(length);
  long.set(bytes.subarray(0, Math.min(start, length)));
  for (let place = Math.min(start, length); place < length; place += stretch.length)
    long.set(stretch.subarray(0, length - place), place);
  return long;
}

/**
 * @param {Uint8Array} bytes
 * @param {Random} random
 * @param {(view: DataView, at: number) => void} write
 * @param {number} [width]
 */
function at(bytes, random, write, width = 1) {
  if (bytes.length < width) return bytes;
  // Heads are where sizes and kinds stand: half of the changes go to the first 256 bytes.
  const room = bytes.length - width + 1;
  const place = random.below(random.chance(0.5) ? Math.min(room, 256) : room);
  write(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), place);
  return bytes;
}

/** @type {(bytes: Uint8Array, random: Random, more: Uint8Array) => Uint8Array} */
function insert(bytes, random, more) {
  const place = random.below(bytes.length + 1);
  return join(bytes.subarray(0, place), more, bytes.subarray(place));
}

/** @type {(bytes: Uint8Array, random: Random) => [number, number]} */
function range(bytes, random) {
  const start = random.below(bytes.length + 1);
  return [start, start + random.below(bytes.length - start + 1)];
}

/** @type {(...parts: Uint8Array[]) => Uint8Array} */
const join = (...parts) => new Uint8Array(Buffer.concat(parts));

/** @type {<T>(items: readonly T[], random: Random) => T} */
const pick = (items, random) => /** @type {any} */ (items[random.below(items.length)]);
