import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { hasNativeKernel, withoutNativeKernels } from "../../src/core/native-kernels.js";
import { deviceName, nativeKernels } from "../../src/core/tensorflow.js";
import {
  normaliseAddAndRectifyBatch,
  normaliseAndRectifyBatch,
  normaliseBatch,
  type StatisticsListener,
} from "../../src/kernels/batch-norm.js";
import { isHalf, toFloat, toHalf } from "../../src/kernels/half-precision.js";
import { distance, usePath } from "./backends.js";

/** Every way in which the layer is computed: native/batch-norm.cc, TensorFlow's own kernels, plain tfjs. */
const forms = ["native", "raw", "portable"] as const;
type Form = (typeof forms)[number];
const followers = ["nothing", "rectifier", "shortcut"] as const;
type Follower = (typeof followers)[number];
type Shape = [number, number, number, number];

interface Arguments {
  readonly x: tf.Tensor4D;
  readonly shortcut: tf.Tensor4D;
  readonly scale: tf.Tensor1D;
  readonly offset: tf.Tensor1D;
  /** The gradient of what comes out. */
  readonly direction: tf.Tensor4D;
}

const epsilon = 1e-3;
const silent: StatisticsListener = () => undefined;

function normalise(
  follower: Follower,
  { x, shortcut, scale, offset }: Omit<Arguments, "direction">,
  listener = silent,
): tf.Tensor4D {
  if (follower === "nothing") return normaliseBatch(x, scale, offset, epsilon, listener);
  if (follower === "rectifier") return normaliseAndRectifyBatch(x, scale, offset, epsilon, listener);
  return normaliseAddAndRectifyBatch(x, shortcut, scale, offset, epsilon, listener);
}

/** Value, mean, variance, and the gradients by x, scale, offset, and the shortcut where there is one. */
function everything(follower: Follower, given: Arguments): tf.Tensor[] {
  const { x, shortcut, scale, offset, direction } = given;
  const told: tf.Tensor[] = [];
  const y = normalise(follower, given, (mean, variance) => {
    told.push(tf.keep(mean.clone()), tf.keep(variance.clone()));
  });
  const inputs = follower === "shortcut" ? [x, scale, offset, shortcut] : [x, scale, offset];
  const gradients = tf.grads((...args: tf.Tensor[]) => {
    const [a, b, c, d] = args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor4D];
    return normalise(follower, { x: a, scale: b, offset: c, shortcut: d });
  })(inputs, direction);
  return [y, ...told, ...gradients];
}

const normal = <R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number) =>
  tf.randomNormal<R>(shape, 0, 1, "float32", seed);

/** Numbers about another mean than 0. */
function drawn(shape: Shape): Arguments {
  const channels = shape[3];
  return {
    x: tf.add(tf.mul(normal<tf.Rank.R4>(shape, 1), 3), 2),
    shortcut: normal<tf.Rank.R4>(shape, 2),
    scale: tf.randomUniform<tf.Rank.R1>([channels], 0.5, 2, "float32", 3),
    offset: normal<tf.Rank.R1>([channels], 4),
    direction: normal<tf.Rank.R4>(shape, 5),
  };
}

/** Tensors made on one backend for the one in force. */
const numbersOf = (tensors: tf.Tensor[]) =>
  tensors.map((tensor) => ({ numbers: tensor.dataSync(), shape: tensor.shape }));

async function inForm(form: Form, work: () => tf.Tensor[]) {
  await usePath(form === "portable" ? "portable" : "raw");
  return numbersOf(form === "raw" ? withoutNativeKernels(work) : work());
}

/** The largest distance, as a share of the largest number or of 1. */
function furthest(a: { numbers: ArrayLike<number> }, b: { numbers: ArrayLike<number> }): number {
  const [one, other] = [Array.from(a.numbers), Array.from(b.numbers)];
  const largest = one.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return Math.max(...one.map((value, i) => Math.abs(value - other[i]!))) / largest;
}

// Rows that fill vectors and rows that do not, several blocks of rows, and rows left over in the last.
const shapes: Shape[] = [
  [2, 3, 2, 5],
  [1, 1, 2, 1],
  [3, 7, 5, 8],
  [2, 31, 21, 16],
  [2, 17, 29, 24],
  [4, 9, 11, 33],
  [2, 7, 5, 376],
];

it("runs natively where the addon is compiled", async () => {
  await usePath("raw");
  const isCompiled = deviceName() === "CPU" && hasNativeKernel("AffectlabBatchNorm");
  expect(nativeKernels.ops).toContain("AffectlabBatchNorm");
  if (deviceName() === "CPU") expect(isCompiled).toBe(true);
});

interface Golden {
  readonly x: number[][][][];
  readonly shortcut: number[][][][];
  readonly scale: number[];
  readonly offset: number[];
  readonly direction: number[][][][];
  readonly mean: number[];
  readonly variance: number[];
  readonly results: Record<
    Follower,
    {
      readonly y: number[][][][];
      readonly gradients: Record<"x" | "scale" | "offset" | "shortcut", number[][][][] | number[]>;
    }
  >;
}

const golden = JSON.parse(
  readFileSync(join(__dirname, "../goldens/kernels/batch-norm.json"), "utf8"),
) as Golden;
const ofGolden = (): Arguments => ({
  x: tf.tensor4d(golden.x),
  shortcut: tf.tensor4d(golden.shortcut),
  scale: tf.tensor1d(golden.scale),
  offset: tf.tensor1d(golden.offset),
  direction: tf.tensor4d(golden.direction),
});

function expected(follower: Follower) {
  const { y, gradients } = golden.results[follower];
  const names =
    follower === "shortcut"
      ? (["x", "scale", "offset", "shortcut"] as const)
      : (["x", "scale", "offset"] as const);
  const arrays = [y, golden.mean, golden.variance, ...names.map((name) => gradients[name])];
  return arrays.map((array) => ({ numbers: (array as number[]).flat(3) as number[] }));
}

describe.each(followers)("batch normalisation followed by %s", (follower) => {
  it.each(forms)("is PyTorch's in value, statistics and every gradient: %s", async (form) => {
    const numbers = await inForm(form, () => everything(follower, ofGolden()));
    const distances = numbers.map((given, i) => furthest(given, expected(follower)[i]!));
    expect(Math.max(...distances)).toBeLessThan(2e-6);
  });

  it.each(shapes)("is natively what it is in plain tfjs, for [%i, %i, %i, %i]", async (...shape) => {
    const native = await inForm("native", () => everything(follower, drawn(shape)));
    const portable = await inForm("portable", () => everything(follower, drawn(shape)));
    const distances = native.map((given, i) => furthest(given, portable[i]!));
    expect(Math.max(...distances)).toBeLessThan(1e-4);
  });

  const addon = () => require(nativeKernels.path) as { useInstructions(name: string): boolean };
  it.each(["avx512", "avx2", "plain"])(
    "is TensorFlow's with the instructions of %s",
    async (instructions) => {
      await usePath("raw");
      if (deviceName() !== "CPU" || !addon().useInstructions(instructions)) return; // this processor has them not
      try {
        const given = drawn([4, 9, 11, 24]);
        const native = await inForm("native", () => everything(follower, given));
        const raw = await inForm("raw", () => everything(follower, given));
        expect(Math.max(...native.map((one, i) => furthest(one, raw[i]!)))).toBeLessThan(2e-5);
      } finally {
        addon().useInstructions("");
      }
    },
  );

  it("has the gradients that differences of its values have", async () => {
    await usePath("raw");
    const given = drawn([2, 3, 3, 4]);
    // The weighted sum of what comes out, in double precision.
    const weightedSum = (changed: Partial<Arguments>) => {
      const y = Array.from(normalise(follower, { ...given, ...changed }).dataSync());
      const direction = given.direction.dataSync();
      return y.reduce((sum, value, i) => sum + value * direction[i]!, 0);
    };
    const [, , , ...gradients] = everything(follower, given);
    const step = 0.002;
    (["x", "scale", "offset", ...(follower === "shortcut" ? (["shortcut"] as const) : [])] as const).forEach(
      (name, i) => {
        const towards = tf.randomNormal(given[name].shape, 0, 1, "float32", 6);
        const moved = (by: number) => ({ [name]: tf.add(given[name], tf.mul(towards, by)) });
        const difference = (weightedSum(moved(step)) - weightedSum(moved(-step))) / (2 * step);
        const slope = tf.sum(tf.mul(gradients[i]!, towards)).dataSync()[0]!;
        expect(Math.abs(slope - difference)).toBeLessThan(0.02 * Math.max(1, Math.abs(difference)));
      },
    );
  });

  it("computes in bf16 what it computes in float32 on the same numbers, rounded at the end, bit for bit", async () => {
    await usePath("raw");
    const shape: Shape = [4, 9, 11, 24];
    const halved = drawn(shape);
    const rounded = (tensor: tf.Tensor4D) => toHalf(tensor) as tf.Tensor4D;
    const half: Arguments = {
      ...halved,
      x: rounded(halved.x),
      shortcut: rounded(halved.shortcut),
      direction: rounded(halved.direction),
    };
    const single: Arguments = {
      ...halved,
      x: toFloat(half.x),
      shortcut: toFloat(half.shortcut),
      direction: toFloat(half.direction),
    };
    const inHalf = everything(follower, half);
    // y, mean, variance, dx, d scale, d offset, d shortcut
    expect(inHalf.map(isHalf)).toEqual(
      [true, false, false, true, false, false, true].slice(0, inHalf.length),
    );
    const inSingle = everything(follower, single);
    inHalf.forEach((tensor, i) => {
      const value = toFloat(tensor);
      const reference = inSingle[i]!;
      expect(distance(value, isHalf(tensor) ? toFloat(toHalf(reference)) : reference)).toBe(0);
    });
  });

  it("gives the same numbers each time, and keeps no tensor", async () => {
    await usePath("raw");
    const given = drawn([8, 47, 32, 24]);
    const bytes = () => {
      const tensors = everything(follower, given);
      const numbers = tensors.map((tensor) => Buffer.from(tensor.dataSync().buffer.slice(0)));
      tf.dispose(tensors);
      return Buffer.concat(numbers);
    };
    const first = tf.tidy(bytes);
    const { numTensors } = tf.memory();
    for (let i = 0; i < 5; i++) expect(tf.tidy(bytes).equals(first)).toBe(true);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe("the statistics", () => {
  beforeAll(() => usePath("raw"));

  it("lose no digits to a mean a thousand times the deviation", () => {
    const x = tf.add(normal<tf.Rank.R4>([8, 30, 20, 3], 7), 1000) as tf.Tensor4D;
    const numbers = Array.from(x.dataSync());
    let told: number[] = [];
    normaliseBatch(x, tf.ones([3]), tf.zeros([3]), epsilon, (_, variance) => {
      told = Array.from(variance.dataSync());
    });
    told.forEach((variance, channel) => {
      const own = numbers.filter((_, i) => i % 3 === channel);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      const exact = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length;
      expect(Math.abs(variance / exact - 1)).toBeLessThan(1e-5);
    });
  });
});

describe("arguments that do not fit are refused by name", () => {
  beforeAll(() => usePath("raw"));
  const x = () => tf.ones([2, 3, 3, 4]) as tf.Tensor4D;
  const run = (given: tf.Tensor, shortcut: tf.Tensor) => () =>
    normaliseAddAndRectifyBatch(
      given as tf.Tensor4D,
      shortcut as tf.Tensor4D,
      tf.ones([4]),
      tf.zeros([4]),
      epsilon,
      silent,
    );

  it.each([
    [
      "another shape",
      () => run(x(), tf.ones([2, 3, 3, 5])),
      /shortcut is float32 \[2, 3, 3, 5\], expected \[2, 3, 3, 4\]/,
    ],
    ["another type", () => run(x(), tf.ones([2, 3, 3, 4], "int32")), /shortcut is int32 .* expected float32/],
    [
      "another rank",
      () => run(tf.ones([2, 3, 4]), x()),
      /x is float32 \[2, 3, 4\], expected \[batch, height, width, channels\]/,
    ],
    [
      "no number",
      () => run(tf.ones([0, 3, 3, 4]), tf.ones([0, 3, 3, 4])),
      /x is float32 \[0, 3, 3, 4\], which holds no number/,
    ],
  ])("%s", (_, make, problem) => {
    expect(make()).toThrow(problem);
  });
});
