import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBfloat16 } from "../../src/core/bfloat16.js";
import { withoutNativeKernels } from "../../src/core/native-kernels.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { normaliseBatch } from "../../src/kernels/batch-norm.js";
import type { NodeBackend } from "../../src/kernels/bfloat16-backend.js";
import { isHalf, toFloat, toHalf } from "../../src/kernels/half-precision.js";
import { attribute, runKernel } from "../../src/kernels/raw.js";
import { relu } from "../../src/kernels/relu.js";
import { distance, usePath } from "./backends.js";

/** The nearest bf16, ties to even: the upper 16 bits of a float32, rounded. */
function nearestHalf(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
  const rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(Uint32Array.of(rounded).buffer)[0]!;
}

const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, "float32", seed);

loadTensorFlow();
describe.runIf(findBfloat16() !== null)("half precision", () => {
  beforeAll(() => usePath("raw"));

  it("rests on these internals of tfjs-node's backend", () => {
    const backend = tf.backend() as unknown as NodeBackend;
    const x = tf.tensor1d([1, 2]);
    expect(backend.tensorMap.get(x.dataId)).toMatchObject({
      dtype: 1,
      id: -1,
      values: Float32Array.of(1, 2),
    });
    const squared = tf.square(x); // values are handed to TensorFlow when first computed with
    expect(backend.tensorMap.get(squared.dataId)).toMatchObject({ dtype: 1, values: null });
    expect(backend.tensorMap.get(squared.dataId).id).toBeGreaterThanOrEqual(0);
    expect(backend.isUsingGpuDevice).toBeTypeOf("boolean");
    for (const method of [
      "createOutputTensor",
      "getInputTensorIds",
      "readSync",
      "executeSingleOutput",
      "executeMultipleOutputs",
    ] as const) {
      expect(backend[method], method).toBeTypeOf("function");
    }
    for (const method of ["executeOp", "tensorDataSync", "deleteTensor"] as const) {
      expect(backend.binding[method], method).toBeTypeOf("function");
    }
    expect(backend.binding).toMatchObject({
      TF_FLOAT: 1,
      TF_ATTR_TYPE: expect.any(Number),
      TF_ATTR_BOOL: expect.any(Number),
    });
  });

  it("rounds to the nearest of 8 bits, ties to even, and keeps float32's range", () => {
    const values = [1, -1.00390625, 1.01171875, 3.14159274, 1e-38, 3e38, 65504, 0, 1 / 3];
    const half = toHalf(tf.tensor1d(values));
    expect([...half.dataSync()]).toEqual(values.map((value) => nearestHalf(Math.fround(value))));
  });

  it("keeps what is no number, and infinities", () => {
    const half = toHalf(tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]));
    expect([...half.dataSync()]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });

  it("is read back as float32, at once and by promise, and leaves no tensor behind", async () => {
    const x = toHalf(random([64], 1));
    const before = tf.memory().numTensors;
    const native = () =>
      (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding.getNumOfTensors();
    const inTensorFlow = native();
    expect(x.dataSync()).toBeInstanceOf(Float32Array);
    expect(await x.data()).toEqual(x.dataSync());
    expect(await x.array()).toHaveLength(64);
    expect(tf.memory().numTensors).toBe(before);
    expect(native()).toBe(inTensorFlow);
  });

  it("is carried through computation until it is taken back", () => {
    const x = toHalf(random([4, 8, 8, 3], 1)) as tf.Tensor4D;
    const kernel = toHalf(random([3, 3, 3, 5], 2)) as tf.Tensor4D;
    const y = tf.conv2d(x, kernel, 2, "same");
    const all = [
      x,
      y,
      relu(y),
      tf.reshape(y, [4, 80]),
      tf.concat([y, y], 3),
      tf.avgPool(y, 2, 2, "valid"),
      tf.clone(y),
    ];
    expect(all.map(isHalf)).toEqual(all.map(() => true));
    expect(y.dtype).toBe("float32");
    expect(isHalf(toFloat(y))).toBe(false);
    expect(isHalf(tf.cast(y, "float32"))).toBe(true); // what tfjs takes for no change is none
    expect([...tf.cast(y, "int32").dataSync()]).toEqual(
      [...y.dataSync()].map((each) => Math.trunc(each) + 0),
    );
    expect([...toFloat(y).dataSync()]).toEqual([...y.dataSync()]);
  });

  it("gives back the tensor itself when nothing is to be done", () => {
    const x = random([3], 1);
    const half = toHalf(x);
    expect(toHalf(half)).toBe(half);
    expect(toFloat(x)).toBe(x);
  });

  it("rounds float32 that meets it: constants, masks, gradients", () => {
    const half = toHalf(tf.tensor1d([1, 2]));
    const sum = tf.add(half, tf.tensor1d([2 ** -10, 4]));
    expect(isHalf(sum)).toBe(true);
    expect([...sum.dataSync()]).toEqual([1, 6]);
    expect(isHalf(tf.mul(2, half))).toBe(true);
    expect(isHalf(tf.addN([tf.tensor1d([1, 2]), half]))).toBe(true);
    expect(isHalf(tf.concat([tf.zeros([3]), half]))).toBe(true);
  });

  it("equals float32 within its rounding in a product of matrices", () => {
    const a = random([32, 64], 1);
    const b = random([64, 16], 2);
    const halves = tf.matMul(toHalf(a) as tf.Tensor2D, toHalf(b) as tf.Tensor2D);
    const rounded = tf.matMul(toFloat(toHalf(a)) as tf.Tensor2D, toFloat(toHalf(b)) as tf.Tensor2D);
    // Sums are kept in float32 inside the kernel: what is left is the rounding of the result, 2^-9 of its size.
    const error = tf
      .sub(halves, rounded)
      .abs()
      .div(tf.maximum(tf.abs(rounded), 1))
      .max()
      .dataSync()[0]!;
    expect(error).toBeLessThan(2 ** -8);
  });

  it("sends float32 gradients to what was float32", () => {
    const x = random([2, 6, 6, 3], 1) as tf.Tensor4D;
    const kernel = random([3, 3, 3, 4], 2) as tf.Tensor4D;
    const weights = random([2, 6, 6, 4], 3);
    const loss = (half: boolean) =>
      tf.grads((input: tf.Tensor, filter: tf.Tensor) => {
        const [a, b] = half ? [toHalf(input), toHalf(filter)] : [input, filter];
        const y = relu(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, "same"));
        return tf.sum(tf.mul(toFloat(tf.add(y, y)), weights)); // y's gradient is a sum of two
      })([x, kernel]);
    const halves = loss(true);
    const singles = loss(false);
    halves.forEach((gradient, i) => {
      expect(isHalf(gradient)).toBe(false);
      const scale = tf.max(tf.abs(singles[i]!)).dataSync()[0]!;
      expect(distance(gradient, singles[i]!) / scale).toBeLessThan(0.03);
    });
  });

  it("keeps batch statistics, scale and offset in float32 in batch normalisation", () => {
    const x = random([8, 4, 4, 6], 1) as tf.Tensor4D;
    const scale = tf.randomUniform<tf.Rank.R1>([6], 0.5, 2, "float32", 2);
    const offset = random([6], 3) as tf.Tensor1D;
    const weights = random([8, 4, 4, 6], 4);
    const run = (half: boolean) => {
      const statistics: tf.Tensor[] = [];
      const { value, grads } = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) => {
        const input = (half ? toHalf(a) : a) as tf.Tensor4D;
        const y = normaliseBatch(input, b as tf.Tensor1D, c as tf.Tensor1D, 1e-3, (...told) => {
          statistics.push(...told.map((each) => tf.keep(tf.clone(each))));
        });
        expect(isHalf(y)).toBe(half);
        return tf.sum(tf.mul(toFloat(y), weights));
      })([x, scale, offset]);
      return { value, grads, statistics };
    };
    const halves = run(true);
    const singles = run(false);
    expect(halves.statistics.map(isHalf)).toEqual([false, false]);
    halves.statistics.forEach((told, i) => {
      expect(distance(told, singles.statistics[i]!)).toBeLessThan(2e-3);
    });
    halves.grads.forEach((gradient, i) => {
      expect(isHalf(gradient)).toBe(false);
      const size = tf.max(tf.abs(singles.grads[i]!)).dataSync()[0]!;
      expect(distance(gradient, singles.grads[i]!) / size).toBeLessThan(0.03);
    });
  });

  it("has a rectifier that is exact, in value and gradient, down to the smallest numbers", () => {
    const values = [-3e38, -1, -1e-40, -0, 0, 1e-40, 2 ** -126, 0.5, 1, 3e38, Number.POSITIVE_INFINITY];
    const x = toHalf(tf.tensor1d([...values, Number.NEGATIVE_INFINITY, Number.NaN]));
    const rounded = [...x.dataSync()];
    const upstream = toHalf(random([rounded.length], 1));
    const gradient = tf.grad((input: tf.Tensor) => relu(input))(x, upstream);
    expect([...relu(x).dataSync()]).toEqual(
      rounded.map((each) => (Number.isNaN(each) ? each : Math.max(each, 0) + 0)),
    );
    const isKept = (each: number) => each > 0 || Number.isNaN(each);
    expect([...gradient.dataSync()].map((each) => each + 0)).toEqual(
      rounded.map((each, i) => (isKept(each) ? upstream.dataSync()[i]! : 0)),
    );
  });

  it.each([[[3, 5, 7]], [[4, 33, 17, 40]], [[0, 4]]])(
    "adds as TensorFlow does, bit for bit: [%s]",
    (shape) => {
      const [a, b] = [1, 2].map((seed) => toHalf(tf.randomNormal(shape, 0, 1, "float32", seed)));
      const ours = toFloat(tf.add(a!, b!));
      const theirs = withoutNativeKernels(() => toFloat(tf.add(a!, b!)));
      expect(ours.shape).toEqual(shape);
      expect(ours.dataSync()).toEqual(theirs.dataSync());
    },
  );

  it("adds what is broadcast too", () => {
    const row = toHalf(tf.tensor1d([1, 2, 3]));
    expect(tf.add(toHalf(tf.ones([2, 3])), row).dataSync()).toEqual(Float32Array.of(2, 3, 4, 2, 3, 4));
  });

  it("says which op knows no bf16, and what to do", () => {
    const x = toHalf(random([2, 2, 2, 3], 1));
    const vector = tf.ones([3]);
    const call = () => tf.batchNorm4d(x as tf.Tensor4D, vector as tf.Tensor1D, vector as tf.Tensor1D);
    expect(call).toThrow("FusedBatchNorm cannot be computed in bf16 here; give it float32 (toFloat).");
  });

  it("leaves whole numbers and truth values alone", () => {
    const x = toHalf(tf.tensor1d([-1, 0, 1]));
    const isPositive = tf.greater(x, 0);
    expect(isPositive.dtype).toBe("bool");
    expect([...isPositive.dataSync()]).toEqual([0, 0, 1]);
    expect([...tf.gather(x, tf.tensor1d([2, 0], "int32")).dataSync()]).toEqual([1, -1]);
    expect([...tf.where(isPositive, x, tf.zerosLike(x)).dataSync()]).toEqual([0, 0, 1]);
    expect(tf.argMax(x).dataSync()[0]).toBe(2);
  });

  it("refuses whole numbers", () => {
    expect(() => toHalf(tf.tensor1d([1], "int32"))).toThrow("toHalf: x is int32 [1], expected float32");
  });

  it("changes nothing for float32", () => {
    const x = random([2, 4], 1);
    const [y] = runKernel("Relu", [attribute.type("T")], [x], 1);
    expect(isHalf(y!)).toBe(false);
    expect(distance(y!, tf.relu(x))).toBe(0);
  });

  it("100 steps leave no tensor behind", () => {
    const kernel = tf.variable(random([3, 3, 2, 4], 1));
    const x = random([2, 6, 6, 2], 2);
    const native = () =>
      (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding.getNumOfTensors();
    const step = () =>
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => {
          const y = tf.conv2d(toHalf(x) as tf.Tensor4D, toHalf(kernel) as unknown as tf.Tensor4D, 1, "same");
          return tf.mean(tf.square(toFloat(relu(tf.add(y, 0.5))))) as tf.Scalar;
        });
        kernel.assign(tf.sub(kernel, tf.mul(grads[kernel.name]!, 0.1)));
      });
    step();
    const before = [tf.memory().numTensors, native()];
    for (let i = 0; i < 100; i++) step();
    expect([tf.memory().numTensors, native()]).toEqual(before);
  });
});

describe("half precision without TensorFlow", () => {
  beforeAll(() => usePath("portable"));
  afterAll(() => usePath("raw"));

  it("is refused; float32 is left as it is", () => {
    const x = tf.tensor1d([1]);
    expect(() => toHalf(x)).toThrow("toHalf: bf16 needs TensorFlow's native backend");
    expect(toFloat(x)).toBe(x);
    expect(isHalf(x)).toBe(false);
  });
});
