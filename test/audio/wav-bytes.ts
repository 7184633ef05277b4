/** What stands in a hand-made WAV file; everything but the samples' bytes has a usual value. */
export interface WavParts {
  readonly data: Uint8Array;
  readonly tag?: number;
  readonly channels?: number;
  readonly rateHz?: number;
  readonly bits?: number;
  /** The sub-format's tag: makes the file WAVE_FORMAT_EXTENSIBLE. */
  readonly extensible?: number;
  /** Chunks before the samples: name and length, filled with 7s, padded to even size unless `unpadded`. */
  readonly before?: readonly (readonly [string, number])[];
  readonly unpadded?: boolean;
  readonly after?: readonly (readonly [string, number])[];
  /** The size that the data chunk declares. */
  readonly declaredBytes?: number;
}

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const u16 = (value: number): number[] => [value & 255, value >> 8];
const u32 = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];

function filler(chunks: readonly (readonly [string, number])[], isPadded: boolean): number[] {
  return chunks.flatMap(([name, size]) => [
    ...ascii(name),
    ...u32(size),
    ...Array<number>(size).fill(7),
    ...(isPadded && size % 2 === 1 ? [0] : []),
  ]);
}

/** The bytes of a WAV file, written out by hand so that no encoder stands between the test and the format. */
export function wavBytes(parts: WavParts): Uint8Array {
  const { data, tag = 1, channels = 1, rateHz = 16_000, bits = 16, before = [], after = [] } = parts;
  const frameBytes = (channels * bits) / 8;
  const format = [
    ...u16(parts.extensible === undefined ? tag : 0xfffe),
    ...u16(channels),
    ...u32(rateHz),
    ...u32(rateHz * frameBytes),
    ...u16(frameBytes),
    ...u16(bits),
  ];
  if (parts.extensible !== undefined) {
    const guidTail = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
    format.push(...u16(22), ...u16(bits), ...u32(0), ...u16(parts.extensible), ...guidTail);
  }
  const body = [
    ...ascii("WAVEfmt "),
    ...u32(format.length),
    ...format,
    ...filler(before, parts.unpadded !== true),
    ...ascii("data"),
    ...u32(parts.declaredBytes ?? data.length),
    ...data,
    ...(data.length % 2 === 1 ? [0] : []),
    ...filler(after, true),
  ];
  return Uint8Array.from([...ascii("RIFF"), ...u32(body.length), ...body]);
}

/** Bytes of numbers written one after another: `write` puts one number at a place of a view. */
export function pack(
  values: ArrayLike<number>,
  width: number,
  write: (view: DataView, at: number, value: number) => void,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * width));
  for (let i = 0; i < values.length; i++) write(view, i * width, values[i]!);
  return new Uint8Array(view.buffer);
}
