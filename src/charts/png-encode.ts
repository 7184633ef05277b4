import { crc32, deflateSync } from "node:zlib";

/**
 * RGBA pixels as a PNG file. Opaque pictures get a palette of up to 256 colours, a third of the bytes; transparent ones
 * keep all channels.
 */
export function encodePng(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const isOpaque = pixels.every((value, i) => i % 4 !== 3 || value === 255);
  const palette = isOpaque ? paletteOf(pixels) : null;
  const channels = palette === null ? 4 : 1;
  const rows = Buffer.alloc((width * channels + 1) * height);
  for (let y = 0; y < height; y++) {
    // A row begins with its filter: 0, none, which suits flat colours.
    const start = y * (width * channels + 1) + 1;
    if (palette === null) rows.set(pixels.subarray(y * width * 4, (y + 1) * width * 4), start);
    else for (let x = 0; x < width; x++) rows[start + x] = palette.indexAt((y * width + x) * 4);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = palette === null ? 6 : 3;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    ...(palette === null ? [] : [chunk("PLTE", palette.colors)]),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

interface Palette {
  /** Red, green and blue of each entry. */
  readonly colors: Uint8Array;
  readonly indexAt: (pixel: number) => number;
}

/**
 * The 256 commonest colours, each of the others going to its nearest; null where there are so many (a photograph)
 * that this would show.
 */
function paletteOf(pixels: Uint8Array): Palette | null {
  const counts = new Map<number, number>();
  for (let i = 0; i < pixels.length; i += 4) {
    const color = colorOf(pixels, i);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  if (counts.size > mostColors) return null;
  const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([color]) => color);
  const kept = byCount.slice(0, 256);
  const places = new Map(kept.map((color, place) => [color, place]));
  for (const color of byCount.slice(256)) places.set(color, nearest(color, kept));
  return {
    colors: Uint8Array.from(kept.flatMap((color) => [color >> 16, (color >> 8) & 0xff, color & 0xff])),
    indexAt: (i) => places.get(colorOf(pixels, i))!,
  };
}

const mostColors = 8192;

function colorOf(pixels: Uint8Array, i: number): number {
  return (pixels[i]! << 16) | (pixels[i + 1]! << 8) | pixels[i + 2]!;
}

function nearest(color: number, candidates: readonly number[]): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  candidates.forEach((candidate, place) => {
    let distance = 0;
    for (const shift of [16, 8, 0])
      distance += (((color >> shift) & 0xff) - ((candidate >> shift) & 0xff)) ** 2;
    if (distance < least) [best, least] = [place, distance];
  });
  return best;
}
