import { type Converter, openConverter, type ResampleQuality, sharedConverter } from "./converters.js";
import { joinSamples } from "./join-samples.js";
import { checkSampleRate } from "./sample-rate.js";
import { openSampleStore } from "./sample-store.js";

/** libsamplerate's wrapper takes at most this many samples at once; what is longer goes through in pieces. */
const longestPiece = 1_000_000;

/**
 * Resamples mono sound from one rate to another (libsamplerate, de Castro Lopo, sinc interpolation); the same
 * samples for the same input on every machine. Equal rates return the input itself, bit for bit. The result has
 * round(length x toHz / fromHz) samples. Throws LabError for rates outside 1,000 to 192,000 Hz.
 */
export async function resample(
  samples: Float32Array,
  fromHz: number,
  toHz: number,
  quality: ResampleQuality = "medium",
): Promise<Float32Array> {
  if (fromHz === toHz) return samples;
  const pieces = resamplePieces(fromHz, toHz, { expected: samples.length, quality });
  try {
    await pieces.add(samples);
    return await pieces.end();
  } finally {
    pieces.close();
  }
}

/** Mono sound at one rate that is given piece by piece and comes out whole at another one. */
export interface PieceResampler {
  add(samples: Float32Array): Promise<void>;
  /** All of it at the new rate. Nothing may be added after it. */
  end(): Promise<Float32Array>;
  /** Frees the converter's memory; safe to call twice. */
  close(): void;
}

export interface PieceOptions {
  /** How many samples there will be, as far as that is known; 0 where absent. */
  readonly expected?: number;
  /** How many there may be at most; as many as are expected where absent. */
  readonly most?: number;
  readonly quality?: ResampleQuality;
}

/**
 * Resamples mono sound that arrives in pieces, to the samples that `resample` makes of it as a whole; of a long recording
 * no more is kept than the result. `expected` and `most` count samples at `fromHz`. Throws LabError for rates outside
 * 1,000 to 192,000 Hz.
 */
export function resamplePieces(
  fromHz: number,
  toHz: number,
  { expected = 0, most = expected, quality = "medium" }: PieceOptions,
): PieceResampler {
  for (const rateHz of [fromHz, toHz]) checkSampleRate(rateHz);
  const lengthOf = (samples: number): number => Math.round((samples * toHz) / fromHz);
  const made = openSampleStore(lengthOf(expected), lengthOf(most) + 1);
  const pieceLength = Math.floor(longestPiece / 4 / Math.max(1, toHz / fromHz));
  let waiting: Float32Array[] = [];
  let [waitingLength, given] = [0, 0];
  let converter: Converter | null = null;
  const keep = (samples: Float32Array): void =>
    made.add(samples.subarray(0, Math.max(0, lengthOf(given) - made.length)));
  const takeWaiting = (): Float32Array => {
    const joined = joinSamples(waiting);
    [waiting, waitingLength] = [[], 0];
    return joined;
  };
  return {
    async add(samples) {
      given += samples.length;
      if (fromHz === toHz) return made.add(samples);
      waiting.push(samples);
      waitingLength += samples.length;
      if (converter === null && fitsWhole(given, fromHz, toHz)) return;
      if (waitingLength < pieceLength) return;
      converter ??= await openConverter(fromHz, toHz, quality);
      const joined = takeWaiting();
      let at = 0;
      for (; at + pieceLength <= joined.length; at += pieceLength)
        keep(converter.full(joined.slice(at, at + pieceLength)));
      waiting = [joined.slice(at)];
      waitingLength = joined.length - at;
    },
    async end() {
      if (fromHz === toHz) return made.take();
      if (converter === null)
        return fitLength(await convertWhole(takeWaiting(), fromHz, toHz, quality), lengthOf(given));
      // The filter's state goes on from piece to piece; zeros at the end push out what is still inside.
      if (waitingLength > 0) keep(converter.full(takeWaiting()));
      keep(converter.full(new Float32Array(Math.min(pieceLength, fromHz))));
      return fitLength(made.take(), lengthOf(given));
    },
    close() {
      converter?.destroy();
      converter = null;
    },
  };
}

/** Whether the library's simple form takes it, with what stands behind its end. */
function fitsWhole(length: number, fromHz: number, toHz: number): boolean {
  const padding = endPadding(fromHz, toHz);
  const longer = Math.max(length, Math.round((length * toHz) / fromHz));
  return longer + 2 * padding < longestPiece && ((length + padding) * toHz) / fromHz < longestPiece;
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
  // A few zeros at the end, because the library otherwise leaves out the last sample of some ratios.
  const padded = new Float32Array(samples.length + endPadding(fromHz, toHz));
  padded.set(samples);
  return (await sharedConverter(fromHz, toHz, quality)).simple(padded);
}

function fitLength(samples: Float32Array, length: number): Float32Array {
  if (samples.length === length) return samples;
  const fitted = new Float32Array(length);
  fitted.set(samples.subarray(0, length));
  return fitted;
}
