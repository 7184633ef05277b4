import type { Features } from "../feature-spec.js";
import type { FrameVariation } from "../frame-variation.js";
import { placeOfStretched } from "../stretch-features.js";
import { advance, assembleModule, type Code, FunctionBuilder, f64x2, i32, repeatWhile } from "./assembler.js";
import { growTo, moduleOpener } from "./open-module.js";

// Frames between frames and bands between bands, two bands in a vector. JavaScript says between which frames each row lies.
// Addresses and lengths are in bytes.

interface VaryModule {
  readonly memory: WebAssembly.Memory;
  /**
   * For each place up to `placesEnd`, the addresses of its two frames and the second one's share: what lies between them
   * goes to `frame`, and from there, by the table of bands up to `tableEnd` and with the shift at 0, to `out` on.
   */
  varyFrames(
    out: number,
    places: number,
    placesEnd: number,
    frame: number,
    frameEnd: number,
    table: number,
    tableEnd: number,
  ): void;
}

const single = 4;
const double = 8;
/** Two addresses and a share of 64 bits. */
const placeBytes = 2 * single + double;
/** Of two bands: where each lies in the frame, where the next one does, and the next ones' shares. */
const pairBytes = 4 * single + 2 * double;

let opened: VaryModule | null = null;

/** What `varyFramesPlainly` writes, bit for bit; false, and nothing written, for an odd number of bands and without vectors. */
export function varyFramesByVectors(
  features: Features,
  { length, from, count, warp, shift }: FrameVariation,
  out: Float32Array,
  to: number,
): boolean {
  const { values, bands, frames } = features;
  if (bands % 2 !== 0 || count === 0) return false;
  const frame = 2 * double; // the shift stands at 0
  const table = frame + bands * double;
  const places = table + (bands / 2) * pairBytes;
  const clip = places + count * placeBytes;
  const results = clip + values.length * single;
  const bytes = results + count * bands * single;
  opened ??= openModule(bytes);
  if (opened === null) return false;
  growTo(opened.memory, bytes);

  const { buffer } = opened.memory;
  const numbers = new DataView(buffer);
  numbers.setFloat64(0, shift, true);
  for (let band = 0; band < bands; band++) {
    const pair = table + (band >> 1) * pairBytes;
    const half = band & 1;
    numbers.setInt32(pair + half * single, frame + warp.lower[band]! * single, true);
    numbers.setInt32(pair + (2 + half) * single, frame + warp.upper[band]! * single, true);
    numbers.setFloat64(pair + 4 * single + half * double, warp.weight[band]!, true);
  }
  for (let row = 0; row < count; row++) {
    const { before, after, weight } = placeOfStretched(frames, length, from + row);
    const place = places + row * placeBytes;
    numbers.setInt32(place, clip + before * bands * single, true);
    numbers.setInt32(place + single, clip + after * bands * single, true);
    numbers.setFloat64(place + 2 * single, weight, true);
  }
  new Float32Array(buffer, clip, values.length).set(values);
  opened.varyFrames(results, places, clip, frame, frame + bands * single, table, places);
  out.set(new Float32Array(buffer, results, count * bands), to);
  return true;
}

const openModule = moduleOpener<VaryModule>(() => assembleModule({ varyFrames: varyFrames() }, 1));

function varyFrames(): ReturnType<FunctionBuilder["build"]> {
  const fn = new FunctionBuilder(7);
  const parameters = Array.from({ length: 7 }, (_, i) => fn.parameter(i));
  const [out, places, placesEnd, frame, frameEnd, table, tableEnd] = parameters;
  const [left, right, at, pair] = [0, 1, 2, 3].map(() => fn.variable("i32"));
  const [share, value, next] = [fn.variable("v128"), fn.variable("v128"), fn.variable("v128")];
  const between = (weight: Code): Code =>
    f64x2.add(value.get(), f64x2.mul(weight, f64x2.sub(next.get(), value.get())));
  return fn.build([
    repeatWhile(
      i32.isLess(places!.get(), placesEnd!.get()),
      left!.set(i32.load(places!.get())),
      right!.set(i32.load(places!.get(), single)),
      share.set(f64x2.loadTwice(places!.get(), 2 * single)),
      at!.set(frame!.get()),
      repeatWhile(
        i32.isLess(at!.get(), frameEnd!.get()),
        value.set(f64x2.loadSinglePair(left!.get())),
        next.set(f64x2.loadSinglePair(right!.get())),
        f64x2.storeSingles(at!.get(), between(share.get())),
        advance(left!, 2 * single),
        advance(right!, 2 * single),
        advance(at!, 2 * single),
      ),
      pair!.set(table!.get()),
      repeatWhile(
        i32.isLess(pair!.get(), tableEnd!.get()),
        value.set(f64x2.loadSingles(i32.load(pair!.get()), i32.load(pair!.get(), single))),
        next.set(f64x2.loadSingles(i32.load(pair!.get(), 2 * single), i32.load(pair!.get(), 3 * single))),
        f64x2.storeSingles(
          out!.get(),
          f64x2.add(
            f64x2.roundToSingles(between(f64x2.load(pair!.get(), 4 * single))),
            f64x2.loadTwice(i32.const(0)),
          ),
        ),
        advance(pair!, pairBytes),
        advance(out!, 2 * single),
      ),
      advance(places!, placeBytes),
    ),
  ]);
}
