import { LabError } from "../core/errors.js";
import type { Features, MfccSpec } from "./feature-spec.js";
import { logMel, type MelLayout } from "./log-mel.js";
import { remember } from "./memo.js";

/** librosa's window for differences, frames. */
export const deltaWidth = 9;
const deltaReach = (deltaWidth - 1) / 2;

/**
 * Mel-frequency cepstral coefficients of samples at 16 kHz, [frames, coefficients], followed in each row by their
 * first and second differences when `deltas` ([frames, 3 × coefficients]). Equal to `librosa.feature.mfcc` (log-mel
 * limited to 80 dB under its maximum, orthonormal DCT-II, no liftering) and `librosa.feature.delta` of order 1 and
 * 2 (width 9, mode "interp"). Throws LabError for more coefficients than bands, or for a sound under 9 frames when
 * differences are asked for.
 */
export function mfcc(
  samples: Float32Array,
  spec: MelLayout & Pick<MfccSpec, "coefficients" | "deltas">,
): Features {
  const { coefficients, bands } = spec;
  if (!Number.isInteger(coefficients) || coefficients < 1 || coefficients > bands) {
    throw new LabError(
      `${coefficients} coefficients cannot be taken from ${bands} mel bands.`,
      `Use 1 to ${bands}.`,
    );
  }
  const mel = logMel(samples, { ...spec, topDecibels: 80 });
  const { frames } = mel;
  if (spec.deltas && frames < deltaWidth) {
    throw new LabError(
      `A sound of ${frames} frames is too short for differences over ${deltaWidth} frames.`,
      `Use at least ${(deltaWidth - 1) * spec.hopLength} samples, or deltas: false.`,
    );
  }
  const width = spec.deltas ? 3 * coefficients : coefficients;
  const cosines = cosineTransform(coefficients, bands);
  const values = new Float32Array(frames * width);
  applyCosines(cosines, mel.values, { frames, bands, coefficients, width }, values);
  if (spec.deltas) addDeltas(values, frames, coefficients);
  return { values, frames, bands: width };
}

/** The first rows of the orthonormal DCT-II: [coefficients, bands]. */
const cosineTransform = remember((coefficients: number, bands: number): Float64Array => {
  const rows = new Float64Array(coefficients * bands);
  for (let c = 0; c < coefficients; c++) {
    const scale = Math.sqrt((c === 0 ? 1 : 2) / bands);
    for (let band = 0; band < bands; band++) {
      rows[c * bands + band] = scale * Math.cos((Math.PI * c * (band + 0.5)) / bands);
    }
  }
  return rows;
});

interface CepstrumShape {
  readonly frames: number;
  readonly bands: number;
  readonly coefficients: number;
  /** Numbers from one frame's coefficients to the next one's. */
  readonly width: number;
}

/**
 * Writes each frame's coefficients, cosines [coefficients, bands] times its row of `mel` [frames, bands]. Two frames
 * and four coefficients at once: eight sums side by side (a processor waits for each addition of a single one) from
 * six numbers read.
 */
function applyCosines(
  cosines: Float64Array,
  mel: Float32Array,
  shape: CepstrumShape,
  out: Float32Array,
): void {
  const { frames, bands, coefficients, width } = shape;
  const pairs = frames - (frames % 2);
  const fours = coefficients - (coefficients % 4);
  for (let frame = 0; frame < pairs; frame += 2) {
    const row = frame * bands;
    for (let c = 0; c < fours; c += 4) {
      const first = c * bands;
      const second = first + bands;
      const third = second + bands;
      const fourth = third + bands;
      let a0 = 0;
      let a1 = 0;
      let a2 = 0;
      let a3 = 0;
      let b0 = 0;
      let b1 = 0;
      let b2 = 0;
      let b3 = 0;
      for (let band = 0; band < bands; band++) {
        const a = mel[row + band]!;
        const b = mel[row + bands + band]!;
        const cosine0 = cosines[first + band]!;
        const cosine1 = cosines[second + band]!;
        const cosine2 = cosines[third + band]!;
        const cosine3 = cosines[fourth + band]!;
        a0 += cosine0 * a;
        a1 += cosine1 * a;
        a2 += cosine2 * a;
        a3 += cosine3 * a;
        b0 += cosine0 * b;
        b1 += cosine1 * b;
        b2 += cosine2 * b;
        b3 += cosine3 * b;
      }
      const at = frame * width + c;
      out[at] = a0;
      out[at + 1] = a1;
      out[at + 2] = a2;
      out[at + 3] = a3;
      out[at + width] = b0;
      out[at + width + 1] = b1;
      out[at + width + 2] = b2;
      out[at + width + 3] = b3;
    }
  }
  for (let frame = 0; frame < frames; frame++) {
    for (let c = frame < pairs ? fours : 0; c < coefficients; c++) {
      let sum = 0;
      for (let band = 0; band < bands; band++) sum += cosines[c * bands + band]! * mel[frame * bands + band]!;
      out[frame * width + c] = sum;
    }
  }
}

/**
 * Slope of a straight line and second derivative of a parabola fitted to 9 frames (Savitzky and Golay 1964). The
 * 4 frames at each end take the fit of the first or last 9, whose derivative is the same everywhere.
 */
function addDeltas(values: Float32Array, frames: number, coefficients: number): void {
  const width = 3 * coefficients;
  const meanSquare = 20 / 3; // the mean of n² over -4..4
  for (let frame = 0; frame < frames; frame++) {
    const centre = Math.min(Math.max(frame, deltaReach), frames - 1 - deltaReach);
    for (let c = 0; c < coefficients; c++) {
      let slope = 0;
      let bend = 0;
      for (let n = -deltaReach; n <= deltaReach; n++) {
        const value = values[(centre + n) * width + c]!;
        slope += n * value;
        bend += (n * n - meanSquare) * value;
      }
      values[frame * width + coefficients + c] = slope / 60; // Σn²
      values[frame * width + 2 * coefficients + c] = (2 * bend) / 308; // Σ(n² - 20/3)²
    }
  }
}
