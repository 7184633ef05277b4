import type { InterpolationRows } from "../../core/native-functions.js";
import { phases } from "../sinc-rows.js";
import {
  advance,
  assembleModule,
  FunctionBuilder,
  f64x2,
  i32,
  type Local,
  repeatWhile,
} from "./assembler.js";
import { growTo, moduleOpener } from "./open-module.js";

// Sums of samples times weights, two taps in a vector and two vectors at a time. JavaScript says where samples and weights
// of each position begin, some positions at a time. Addresses and lengths are in bytes.

interface InterpolateModule {
  readonly memory: WebAssembly.Memory;
  /**
   * For each place up to `placesEnd`, the addresses of its first sample and of its row of weights: the sum of its samples
   * times (weight + rest · growth), 64-bit floats from `out` on, with one more number behind the last.
   */
  weighSamples(out: number, places: number, placesEnd: number, rests: number, rowBytes: number): void;
}

/** Positions that are looked up and then summed at a time: their places stay in the processor's first cache. */
const block = 512;
const single = 4;
const double = 8;
/** A row's bytes for four taps: their weights, and behind them their growth. */
const weightsBytes = 4 * double;
const tapsBytes = 2 * weightsBytes;

let opened: InterpolateModule | null = null;
/** The weights that stand in its memory. */
let laid: Float64Array | null = null;

/** What `interpolatePlainly` gives, bit for bit; null where WebAssembly has no vectors. */
export function interpolateByVectors(
  samples: Float32Array,
  step: number,
  length: number,
  { values, taps, before }: InterpolationRows,
): Float32Array | null {
  const rows = 0;
  const places = rows + values.byteLength;
  const rests = places + block * 2 * single;
  const sums = rests + block * double;
  const padded = sums + (block + 2) * double;
  const paddedLength = before + samples.length + taps;
  const bytes = padded + paddedLength * single;
  opened ??= openModule(bytes);
  if (opened === null) return null;
  growTo(opened.memory, bytes);

  const { buffer } = opened.memory;
  if (laid !== values) new Float64Array(buffer, rows, values.length).set(values);
  laid = values;
  const paddedSamples = new Float32Array(buffer, padded, paddedLength);
  paddedSamples.fill(0, 0, before);
  paddedSamples.set(samples, before);
  paddedSamples.fill(0, before + samples.length);
  const placesOfBlock = new Int32Array(buffer, places, 2 * block);
  const restsOfBlock = new Float64Array(buffer, rests, block);
  const sumsOfBlock = new Float64Array(buffer, sums, block);
  const rowBytes = (taps / 4) * tapsBytes;
  const out = new Float32Array(length);
  for (let start = 0; start < length; start += block) {
    const count = Math.min(block, length - start);
    for (let i = 0; i < count; i++) {
      const position = (start + i) * step;
      const sample = position | 0; // whole numbers in registers: half the time of Math.floor
      const place = (position - sample) * phases;
      const phase = place | 0;
      placesOfBlock[2 * i] = padded + sample * single;
      placesOfBlock[2 * i + 1] = rows + phase * rowBytes;
      restsOfBlock[i] = place - phase;
    }
    opened.weighSamples(sums, places, places + count * 2 * single, rests, rowBytes);
    for (let i = 0; i < count; i++) out[start + i] = sumsOfBlock[i]!;
  }
  return out;
}

const openModule = moduleOpener<InterpolateModule>(() => assembleModule({ weighSamples: weighSamples() }, 1));

function weighSamples(): ReturnType<FunctionBuilder["build"]> {
  const fn = new FunctionBuilder(5);
  const [out, places, placesEnd, rests, rowBytes] = [0, 1, 2, 3, 4].map((i) => fn.parameter(i));
  const [sample, row, rowEnd] = [fn.variable("i32"), fn.variable("i32"), fn.variable("i32")];
  const [rest, first, second] = [fn.variable("v128"), fn.variable("v128"), fn.variable("v128")];
  const addPair = (sum: Local, pair: 0 | 1) => {
    const at = pair * 2 * double;
    const growth = f64x2.mul(rest.get(), f64x2.load(row.get(), at + weightsBytes));
    const weights = f64x2.add(f64x2.load(row.get(), at), growth);
    return sum.set(f64x2.add(sum.get(), f64x2.mul(f64x2.loadSinglePair(sample.get(), 8 * pair), weights)));
  };
  return fn.build([
    repeatWhile(
      i32.isLess(places!.get(), placesEnd!.get()),
      sample.set(i32.load(places!.get())),
      row.set(i32.load(places!.get(), single)),
      rowEnd.set(i32.add(row.get(), rowBytes!.get())),
      rest.set(f64x2.loadTwice(rests!.get())),
      first.set(f64x2.const(0, 0)),
      second.set(f64x2.const(0, 0)),
      repeatWhile(
        i32.isLess(row.get(), rowEnd.get()),
        addPair(first, 0),
        addPair(second, 1),
        advance(sample, 4 * single),
        advance(row, tapsBytes),
      ),
      first.set(f64x2.add(first.get(), second.get())),
      // The second number of each sum is written over by the next sum.
      f64x2.store(out!.get(), f64x2.add(first.get(), f64x2.pick(first.get(), first.get(), 1, 0))),
      advance(out!, double),
      advance(places!, 2 * single),
      advance(rests!, double),
    ),
  ]);
}
