import {
  advance,
  assembleModule,
  type Code,
  FunctionBuilder,
  f64x2,
  i32,
  type Local,
  repeatWhile,
} from "./assembler.js";
import { moduleOpener } from "./open-module.js";

// From two frames of a sound to their mel powers, two numbers at a time: a complex number's real and imaginary part in the
// transform, then the first and the second frame's power. Every operation and its order are those of radix-4.ts,
// short-time.ts and mel-filters.ts, so that every number is the same bit for bit. Addresses and lengths are in bytes.

/** Bytes of a complex number, and of two powers side by side. */
export const pairBytes = 16;
/** Bytes of the factors of one butterfly: three times real part, negative imaginary part, imaginary part. */
export const butterflyBytes = 72;

/** The functions of the module; all arguments are addresses or lengths in its memory. */
export interface MelModule {
  readonly memory: WebAssembly.Memory;
  /**
   * The first pass: windows the frames at `first` and `second` (32-bit floats) and writes butterflies of four from `out` on. `order` are
   * byte offsets into a frame, up to `orderEnd`; `quarter` is a quarter of a frame's bytes.
   */
  windowFrames(
    out: number,
    first: number,
    second: number,
    window: number,
    order: number,
    orderEnd: number,
    quarter: number,
  ): void;
  /** A later pass over `out` to `outEnd` in place: each four transforms of `reach` bytes become one. */
  joinTransforms(out: number, outEnd: number, reach: number, factors: number, factorsEnd: number): void;
  /** The powers of both frames, up to that of half the rate at `powersEnd`, from the transform of both at once. */
  separateFrames(spectrum: number, spectrumEnd: number, powers: number, powersEnd: number): void;
  /** Weighted sums of powers: a filter is the address of its first power, and where its weights end. */
  applyFilters(out: number, outEnd: number, filters: number, weights: number): void;
}

const swap = (a: Code): Code => f64x2.pick(a, a, 1, 0);

/** Both parts, multiplied by a factor that stands at an address: real · a, and the rest from the other part. */
const timesFactor = (a: Local, factors: Local, offset: number): Code =>
  f64x2.add(
    f64x2.mul(a.get(), f64x2.loadTwice(factors.get(), offset)),
    f64x2.mul(swap(a.get()), f64x2.load(factors.get(), offset + 8)),
  );

/** From the four numbers of a butterfly to its four results, written to these addresses. */
function butterfly(fn: FunctionBuilder, [a, b, c, d]: readonly Local[], places: readonly Code[]): Code[] {
  const [sum, difference, oddSum, oddDifference] = Array.from({ length: 4 }, () => fn.variable("v128"));
  return [
    sum!.set(f64x2.add(a!.get(), c!.get())),
    difference!.set(f64x2.sub(a!.get(), c!.get())),
    oddSum!.set(f64x2.add(b!.get(), d!.get())),
    // Times -i: the parts change places, and the new imaginary one its sign.
    oddDifference!.set(f64x2.xor(swap(f64x2.sub(b!.get(), d!.get())), f64x2.const(0, -0))),
    f64x2.store(places[0]!, f64x2.add(sum!.get(), oddSum!.get())),
    f64x2.store(places[1]!, f64x2.add(difference!.get(), oddDifference!.get())),
    f64x2.store(places[2]!, f64x2.sub(sum!.get(), oddSum!.get())),
    f64x2.store(places[3]!, f64x2.sub(difference!.get(), oddDifference!.get())),
  ];
}

function windowFrames(): ReturnType<FunctionBuilder["build"]> {
  const fn = new FunctionBuilder(7);
  const [out, first, second, window, order, orderEnd, quarter] = [0, 1, 2, 3, 4, 5, 6].map((i) =>
    fn.parameter(i),
  );
  const at = fn.variable("i32");
  const four = Array.from({ length: 4 }, () => fn.variable("v128"));
  const windowed = (): Code =>
    f64x2.mul(
      f64x2.loadTwice(i32.add(window!.get(), i32.shiftLeft(at.get(), i32.const(1)))),
      f64x2.loadSingles(i32.add(first!.get(), at.get()), i32.add(second!.get(), at.get())),
    );
  const places = [0, 1, 2, 3].map((i) => i32.add(out!.get(), i32.const(i * pairBytes)));
  return fn.build([
    repeatWhile(
      i32.isLess(order!.get(), orderEnd!.get()),
      at.set(i32.load(order!.get())),
      ...four.flatMap((value, i) => [
        ...(i === 0 ? [] : [at.set(i32.add(at.get(), quarter!.get()))]),
        value.set(windowed()),
      ]),
      ...butterfly(fn, four, places),
      advance(out!, 4 * pairBytes),
      advance(order!, 4),
    ),
  ]);
}

function joinTransforms(): ReturnType<FunctionBuilder["build"]> {
  const fn = new FunctionBuilder(5);
  const [out, outEnd, reach, factors, factorsEnd] = [0, 1, 2, 3, 4].map((i) => fn.parameter(i));
  const places = Array.from({ length: 4 }, () => fn.variable("i32"));
  const four = Array.from({ length: 4 }, () => fn.variable("v128"));
  const factor = fn.variable("i32");
  const [a] = places;
  return fn.build([
    a!.set(out!.get()),
    repeatWhile(
      i32.isLess(a!.get(), outEnd!.get()),
      factor.set(factors!.get()),
      repeatWhile(
        i32.isLess(factor.get(), factorsEnd!.get()),
        ...[1, 2, 3].map((i) => places[i]!.set(i32.add(places[i - 1]!.get(), reach!.get()))),
        ...four.map((value, i) => value.set(f64x2.load(places[i]!.get()))),
        ...[1, 2, 3].map((i) => four[i]!.set(timesFactor(four[i]!, factor, 24 * (i - 1)))),
        ...butterfly(
          fn,
          four,
          places.map((place) => place.get()),
        ),
        advance(a!, pairBytes),
        advance(factor, butterflyBytes),
      ),
      // The last transform of these four ends where the next four begin.
      a!.set(i32.add(places[3]!.get(), i32.const(pairBytes))),
    ),
  ]);
}

function separateFrames(): ReturnType<FunctionBuilder["build"]> {
  const fn = new FunctionBuilder(4);
  const [at, mirror, powers, powersEnd] = [0, 1, 2, 3].map((i) => fn.parameter(i));
  const [value, mirrored, sums, differences] = Array.from({ length: 4 }, () => fn.variable("v128"));
  const square = (a: Local): Code => f64x2.mul(a.get(), a.get());
  return fn.build([
    value!.set(f64x2.load(at!.get())),
    f64x2.store(powers!.get(), square(value!)),
    repeatWhile(
      i32.isLess(powers!.get(), powersEnd!.get()),
      advance(at!, pairBytes),
      advance(mirror!, -pairBytes),
      advance(powers!, pairBytes),
      value!.set(f64x2.load(at!.get())),
      mirrored!.set(f64x2.load(mirror!.get())),
      sums!.set(f64x2.add(value!.get(), mirrored!.get())),
      differences!.set(f64x2.sub(value!.get(), mirrored!.get())),
      sums!.set(square(sums!)),
      differences!.set(square(differences!)),
      f64x2.store(
        powers!.get(),
        f64x2.mul(
          f64x2.const(0.25, 0.25),
          // (real sum)² + (imaginary difference)² is the first frame's, (real difference)² + (imaginary sum)² the second's.
          f64x2.add(
            f64x2.pick(sums!.get(), differences!.get(), 0, 2),
            f64x2.pick(sums!.get(), differences!.get(), 3, 1),
          ),
        ),
      ),
    ),
  ]);
}

function applyFilters(): ReturnType<FunctionBuilder["build"]> {
  const fn = new FunctionBuilder(4);
  const [out, outEnd, filters, weights] = [0, 1, 2, 3].map((i) => fn.parameter(i));
  const [power, weightsEnd] = [fn.variable("i32"), fn.variable("i32")];
  const sum = fn.variable("v128");
  return fn.build([
    repeatWhile(
      i32.isLess(out!.get(), outEnd!.get()),
      power.set(i32.load(filters!.get())),
      weightsEnd.set(i32.load(filters!.get(), 4)),
      sum.set(f64x2.const(0, 0)),
      repeatWhile(
        i32.isLess(weights!.get(), weightsEnd.get()),
        sum.set(f64x2.add(sum.get(), f64x2.mul(f64x2.loadTwice(weights!.get()), f64x2.load(power.get())))),
        advance(weights!, 8),
        advance(power, pairBytes),
      ),
      f64x2.store(out!.get(), sum.get()),
      advance(out!, pairBytes),
      advance(filters!, 8),
    ),
  ]);
}

/** An instance with that much memory; null where there is no WebAssembly, or none with vectors. */
export const openMelModule = moduleOpener<MelModule>(assemble);

function assemble(): Uint8Array<ArrayBuffer> {
  const functions = {
    windowFrames: windowFrames(),
    joinTransforms: joinTransforms(),
    separateFrames: separateFrames(),
    applyFilters: applyFilters(),
  };
  return assembleModule(functions, 1);
}
