import { ConverterType, create } from "@alexanderolsen/libsamplerate-js";
import { LabError } from "../core/errors.js";
import { joinSamples } from "./join-samples.js";

type Converter = Awaited<ReturnType<typeof create>>;

/**
 * libsamplerate's sinc converter of medium quality: signal-to-noise ratio above 121 dB, pass band 90% of the lower
 * rate's. The best one (pass band 97%) takes 3.2 times as long (314 against 98 ms of processor time for 3.7 s at
 * 48 kHz: eight minutes instead of two and a half for RAVDESS) and gains only what lies between 7.2 and 7.7 kHz.
 */
const converterTypes = {
  medium: ConverterType.SRC_SINC_MEDIUM_QUALITY,
  fast: ConverterType.SRC_SINC_FASTEST,
} as const;

/** `medium` for whatever is heard or learnt from; `fast` (97 dB, pass band 80%) takes 0.43 times as long. */
export type ResampleQuality = keyof typeof converterTypes;

/** libsamplerate's wrapper takes at most this many samples at once; what is longer goes through in pieces. */
const longestPiece = 1_000_000;

/** One loaded converter a pair of rates: loading its WebAssembly takes longer than resampling a short clip. */
const converters = new Map<string, Promise<Converter>>();

/**
 * Resamples mono sound from one rate to another (libsamplerate, de Castro Lopo, sinc interpolation); the same
 * samples for the same input on every machine. Equal rates return the input itself, bit for bit. The result has
 * round(length x toHz / fromHz) samples. Throws LabError for rates outside 1 to 192,000 Hz.
 */
export async function resample(
  samples: Float32Array,
  fromHz: number,
  toHz: number,
  quality: ResampleQuality = "medium",
): Promise<Float32Array> {
  if (fromHz === toHz) return samples;
  for (const rate of [fromHz, toHz]) {
    if (!(rate >= 1 && rate <= 192_000))
      throw new LabError(
        `${rate} Hz is no sample rate between 1 and 192,000 Hz.`,
        "Check the file's header.",
      );
  }
  const length = Math.round((samples.length * toHz) / fromHz);
  const fitsWhole = Math.max(samples.length, length) + 2 * endPadding(fromHz, toHz) < longestPiece;
  const convert = fitsWhole ? convertWhole : convertInPieces;
  return fitLength(await convert(samples, fromHz, toHz, quality), length);
}

/** Input samples that make more than two output samples, and more than two input samples where the rate rises. */
function endPadding(fromHz: number, toHz: number): number {
  return 4 * Math.ceil(Math.max(fromHz / toHz, toHz / fromHz));
}

async function convertWhole(
  samples: Float32Array,
  fromHz: number,
  toHz: number,
  quality: ResampleQuality,
): Promise<Float32Array> {
  const key = `${fromHz}/${toHz}/${quality}`;
  let converter = converters.get(key);
  if (converter === undefined) {
    converter = create(1, fromHz, toHz, { converterType: converterTypes[quality] });
    converters.set(key, converter);
  }
  // A few zeros at the end, because the library otherwise leaves out the last sample of some ratios.
  const padded = new Float32Array(samples.length + endPadding(fromHz, toHz));
  padded.set(samples);
  return (await converter).simple(padded);
}

/** The streaming form keeps its filter's state from piece to piece; the zeros at the end push out what is still inside. */
async function convertInPieces(
  samples: Float32Array,
  fromHz: number,
  toHz: number,
  quality: ResampleQuality,
): Promise<Float32Array> {
  const converter = await create(1, fromHz, toHz, { converterType: converterTypes[quality] });
  try {
    const pieceLength = Math.floor(longestPiece / 4 / Math.max(1, toHz / fromHz));
    const pieces: Float32Array[] = [];
    for (let start = 0; start < samples.length; start += pieceLength)
      pieces.push(converter.full(samples.slice(start, start + pieceLength)));
    pieces.push(converter.full(new Float32Array(Math.min(pieceLength, fromHz))));
    return joinSamples(pieces);
  } finally {
    converter.destroy();
  }
}

function fitLength(samples: Float32Array, length: number): Float32Array {
  if (samples.length === length) return samples;
  const fitted = new Float32Array(length);
  fitted.set(samples.subarray(0, length));
  return fitted;
}
