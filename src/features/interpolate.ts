import { type InterpolationRows, nativeFunctions } from "../core/native-functions.js";
import { remember } from "./memo.js";
import { lanes, phases, sincRows } from "./sinc-rows.js";
import { interpolateByVectors } from "./wasm/interpolate-by-vectors.js";

/** The rows of every sound that is slowed down. */
const rowsOfWholeBand = remember(() => sincRows(1), 1);

/**
 * Samples at the positions 0, `step`, 2 · `step` ..., with silence beyond both ends, by interpolation with a
 * Hann-windowed sinc, which also removes what a step above 1 could not hold. By the addon where it is loaded, else by
 * WebAssembly's vectors where there are any: the same numbers bit for bit as without.
 */
export function interpolate(samples: Float32Array, step: number, length: number): Float32Array {
  const rows = step > 1 ? sincRows(1 / step) : rowsOfWholeBand();
  const native = nativeFunctions();
  if (native !== null) {
    const out = new Float32Array(length);
    native.interpolate(samples, step, out, rows);
    return out;
  }
  return interpolateByVectors(samples, step, length, rows) ?? interpolatePlainly(samples, step, length, rows);
}

/** The same in plain JavaScript. Sums are four, of every fourth sample, and then one: the order of the vectors. */
export function interpolatePlainly(
  samples: Float32Array,
  step: number,
  length: number,
  { values, taps, before }: InterpolationRows,
): Float32Array {
  const padded = new Float32Array(before + samples.length + taps);
  padded.set(samples, before);
  const out = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const position = i * step;
    const sample = Math.floor(position);
    const place = (position - sample) * phases;
    const phase = Math.floor(place);
    const rest = place - phase;
    let first = 0;
    let second = 0;
    let third = 0;
    let fourth = 0;
    for (let n = sample, end = sample + taps, at = 2 * taps * phase; n < end; n += lanes, at += 2 * lanes) {
      first += padded[n]! * (values[at]! + rest * values[at + 4]!);
      second += padded[n + 1]! * (values[at + 1]! + rest * values[at + 5]!);
      third += padded[n + 2]! * (values[at + 2]! + rest * values[at + 6]!);
      fourth += padded[n + 3]! * (values[at + 3]! + rest * values[at + 7]!);
    }
    out[i] = first + third + (second + fourth);
  }
  return out;
}
