import { openConverter } from "./converters.js";
import { joinSamples } from "./join-samples.js";
import { checkSampleRate } from "./sample-rate.js";

/** Turns sound that arrives in pieces into another rate. */
export interface ResampleStream {
  /** The samples that the next ones make; the filter's last few milliseconds come with the next call. */
  push(samples: Float32Array): Float32Array;
  /** What is still inside the filter. Nothing may be pushed after it. */
  end(): Float32Array;
  /** Frees the converter's memory; safe to call twice. */
  close(): void;
}

/** Longer pieces are cut: the converter's memory grows with its input and never shrinks. */
const longestPiece = 16_384;

/**
 * A converter from one rate to another whose filter goes on from piece to piece: libsamplerate's sinc converter of
 * medium quality, as `resample` has it for whole recordings. Equal rates pass through untouched. Throws
 * LabError for rates outside 1,000 to 192,000 Hz.
 */
export async function openResampleStream(fromHz: number, toHz: number): Promise<ResampleStream> {
  for (const rateHz of [fromHz, toHz]) checkSampleRate(rateHz);
  if (fromHz === toHz) {
    return { push: (samples) => samples, end: () => new Float32Array(0), close() {} };
  }
  const converter = await openConverter(fromHz, toHz, "medium");
  let isOpen = true;
  let [given, made] = [0, 0];
  const push = (samples: Float32Array): Float32Array => {
    const pieces: Float32Array[] = [];
    for (let start = 0; start < samples.length; start += longestPiece) {
      // A copy: the converter's own memory is what it returns, and the next call writes over it.
      pieces.push(converter.full(samples.slice(start, start + longestPiece)).slice());
    }
    const joined = joinSamples(pieces);
    given += samples.length;
    made += joined.length;
    return joined;
  };
  return {
    push,
    end() {
      const missing = Math.max(0, Math.round((given * toHz) / fromHz) - made);
      const tail = push(new Float32Array(Math.ceil(fromHz / 10)));
      return tail.slice(0, missing);
    },
    close() {
      if (isOpen) converter.destroy();
      isOpen = false;
    },
  };
}
