import { LabError } from "../core/errors.js";

/**
 * The lowest rate that is heard, Hz: nobody records speech at less, and libsamplerate takes no ratio above 256, beyond which
 * it gives silence without a word.
 */
export const lowestRateHz = 1_000;
/** The highest one, Hz: libsamplerate's wrapper takes no more. */
export const highestRateHz = 192_000;

/** Throws LabError when a rate in Hz is none that can be resampled; `name` is the file's, where there is one. */
export function checkSampleRate(rateHz: number, name?: string): void {
  if (rateHz >= lowestRateHz && rateHz <= highestRateHz) return;
  throw new LabError(
    `${name === undefined ? "" : `${name}: `}${rateHz} Hz is no sample rate between 1,000 and 192,000 Hz.`,
    "Convert the sound to 48 kHz, or check its header.",
  );
}
