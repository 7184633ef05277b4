import { crc32, deflateSync } from "node:zlib";

/**
 * RGBA pixels as a PNG file. Opaque pictures get a palette of up to 256 colours, a third of the bytes; transparent ones
 * keep all channels.
 */
export function encodePng(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const isOpaque = hasNoTransparency(pixels);
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

function hasNoTransparency(pixels: Uint8Array): boolean {
  for (let i = 3; i < pixels.length; i += 4) if (pixels[i] !== 255) return false;
  return true;
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
 * Up to 256 colours such that every other one is near one of them: the commonest first, leaving out what is within
 * a distance of one already kept, the distance growing until they suffice. Null where there are so many colours (a
 * photograph) that this would show.
 */
function paletteOf(pixels: Uint8Array): Palette | null {
  const counts = new Map<number, number>();
  // Flat areas make long runs: one look-up a run, not a pixel.
  for (let i = 0; i < pixels.length; ) {
    const color = colorOf(pixels, i);
    const start = i;
    while (i < pixels.length && colorOf(pixels, i) === color) i += 4;
    counts.set(color, (counts.get(color) ?? 0) + (i - start) / 4);
  }
  if (counts.size > mostColors) return null;
  const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([color]) => color);
  const kept = chooseColors(byCount);
  const places = new Map(byCount.map((color) => [color, nearest(color, kept).place]));
  let last = { color: byCount[0]!, place: 0 };
  return {
    colors: Uint8Array.from(kept.flatMap((color) => [color >> 16, (color >> 8) & 0xff, color & 0xff])),
    indexAt: (i) => {
      const color = colorOf(pixels, i);
      if (color !== last.color) last = { color, place: places.get(color)! };
      return last.place;
    },
  };
}

const mostColors = 8192;

function colorOf(pixels: Uint8Array, i: number): number {
  return (pixels[i]! << 16) | (pixels[i + 1]! << 8) | pixels[i + 2]!;
}

function chooseColors(byCount: readonly number[]): number[] {
  for (let distance = 0; ; distance += 3) {
    const kept: number[] = [];
    for (const color of byCount) {
      if (kept.length > 0 && nearest(color, kept).distance <= distance ** 2) continue;
      kept.push(color);
      if (kept.length > 256) break;
    }
    if (kept.length <= 256) return kept;
  }
}

function nearest(color: number, candidates: readonly number[]): { place: number; distance: number } {
  let place = 0;
  let distance = Number.POSITIVE_INFINITY;
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i]!;
    const red = (color >> 16) - (candidate >> 16);
    const green = ((color >> 8) & 0xff) - ((candidate >> 8) & 0xff);
    const blue = (color & 0xff) - (candidate & 0xff);
    const here = red * red + green * green + blue * blue;
    if (here < distance) [place, distance] = [i, here];
    if (here === 0) break;
  }
  return { place, distance };
}
