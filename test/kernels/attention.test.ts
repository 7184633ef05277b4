import { existsSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { hasNativeKernel, withoutNativeKernels } from "../../src/core/native-kernels.js";
import { deviceName, nativeKernels } from "../../src/core/tensorflow.js";
import { selfAttention } from "../../src/kernels/attention.js";
import { dense } from "../../src/kernels/dense.js";
import { gelu, geluRoot, scaledGelu } from "../../src/kernels/gelu.js";
import { layerNorm, normaliseRows } from "../../src/kernels/layer-norm.js";
import { type GoldenCase, golden, tensorOf } from "./attention-golden.js";
import { distance, paths, usePath } from "./backends.js";

/** A kernel, given the tensors of a golden case by name. */
type Kernel = (tensors: Record<string, tf.Tensor>) => tf.Tensor;

const kernels: Record<string, { case: GoldenCase; run: Kernel }> = {
  dense: {
    case: golden.dense,
    run: ({ x, kernel, bias }) => dense(x!, kernel as tf.Tensor2D, bias as tf.Tensor1D),
  },
  "layer norm": {
    case: golden.layerNorm,
    run: ({ x, scale, offset }) => layerNorm(x!, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-5),
  },
  gelu: { case: golden.gelu, run: ({ x }) => gelu(x!) },
  "self-attention": {
    case: golden.attention,
    run: ({ qkv, mask }) => selfAttention(qkv as tf.Tensor3D, golden.attention.heads, mask as tf.Tensor2D),
  },
  "scaled self-attention": {
    case: golden.scaledAttention,
    run: ({ qkv, mask }) => selfAttention(qkv as tf.Tensor3D, 2, mask as tf.Tensor2D, 1 / Math.sqrt(16)),
  },
};

/** sum(weights · kernel(inputs)) and its gradient to every input. */
function weighted(inputs: Record<string, tf.Tensor>, weights: tf.Tensor, run: Kernel) {
  const names = Object.keys(inputs);
  return tf.valueAndGrads((...tensors: tf.Tensor[]) =>
    tf.sum(tf.mul(weights, run(Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))))),
  )(Object.values(inputs));
}

/** Every way in which a kernel is computed: this project's addon where it has one, TensorFlow's own kernels, plain tfjs. */
const forms = ["native", ...paths] as const;

describe.each(forms)("on the %s path", (form) => {
  beforeAll(() => usePath(form === "native" ? "raw" : form));
  const computed = <T>(work: () => T): T => (form === "raw" ? withoutNativeKernels(work) : work());

  describe.each(Object.entries(kernels))("%s", (_, { case: reference, run: asItIs }) => {
    const run: Kernel = (tensors) => computed(() => asItIs(tensors));
    const tensors = (group: GoldenCase["inputs"]) =>
      Object.fromEntries(Object.entries(group).map(([name, tensor]) => [name, tensorOf(tensor)]));

    it(`equals ${golden.source}, forward and in every gradient`, () => {
      const inputs = tensors(reference.inputs);
      const constants = tensors(reference.constants);
      expect(distance(run({ ...inputs, ...constants }), tensorOf(reference.result))).toBeLessThan(2e-6);
      const { grads } = weighted(inputs, tensorOf(reference.weights), (given) =>
        run({ ...given, ...constants }),
      );
      Object.keys(reference.inputs).forEach((name, i) => {
        expect(distance(grads[i]!, tensorOf(reference.gradients[name]!))).toBeLessThan(1e-5);
      });
    });

    it("has the gradient of its own differences", () => {
      const inputs = tensors(reference.inputs);
      const constants = tensors(reference.constants);
      const weights = tensorOf(reference.weights);
      const { grads } = weighted(inputs, weights, (given) => run({ ...given, ...constants }));
      Object.entries(inputs).forEach(([name, input], i) => {
        const direction = tf.randomNormal(input.shape, 0, 1, "float32", 7);
        const at = (step: number) => {
          const moved = { ...inputs, ...constants, [name]: tf.add(input, tf.mul(direction, step)) };
          return tf.sum(tf.mul(weights, run(moved))).dataSync()[0]!;
        };
        const slope = (at(1e-2) - at(-1e-2)) / 2e-2;
        const expected = tf.sum(tf.mul(grads[i]!, direction)).dataSync()[0]!;
        expect(Math.abs(slope - expected)).toBeLessThan(0.01 * (1 + Math.abs(expected)));
      });
    });

    it("leaves no tensor behind", () => {
      const inputs = tensors(reference.inputs);
      const constants = tensors(reference.constants);
      const weights = tensorOf(reference.weights);
      const before = tf.memory().numTensors;
      for (let i = 0; i < 3; i++) {
        tf.tidy(() => void weighted(inputs, weights, (given) => run({ ...given, ...constants })));
      }
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  it("runs the addon that set-up compiled, and is left out where asked", () => {
    const isThere = form !== "portable" && deviceName() === "CPU" && existsSync(nativeKernels.path);
    for (const op of ["AffectlabScaledGelu", "AffectlabLayerNorm", "AffectlabAttention"]) {
      if (form === "native") expect(hasNativeKernel(op)).toBe(isThere);
      if (form === "raw") expect(computed(() => hasNativeKernel(op))).toBe(false);
    }
  });

  it("GELU of any count of numbers equals the formula, what fills no vector too", () => {
    const u = tf.mul(tf.randomNormal([70_003], 0, 1, "float32", 5), 3); // two threads and a rest
    const y = computed(() => scaledGelu(u));
    expect(distance(y, tf.mul(u, tf.add(tf.erf(u), 1)))).toBeLessThan(3e-6);
    expect(computed(() => scaledGelu(tf.tensor1d([2]))).dataSync()[0]).toBeCloseTo(2 * 1.995322, 5);
  });

  it("GELU along an axis that fills vectors has the formula's numbers and gradients", () => {
    const x = tf.mul(tf.randomNormal([3, 700, 48], 0, 1, "float32", 5), 3);
    const weights = tf.randomNormal(x.shape, 0, 1, "float32", 6);
    const formula: Kernel = (t) => tf.mul(tf.mul(t.x!, 0.5), tf.add(tf.erf(tf.mul(t.x!, Math.SQRT1_2)), 1));
    const ours = weighted({ x }, weights, (t) => computed(() => gelu(t.x!)));
    expect(
      distance(
        computed(() => gelu(x)),
        formula({ x }),
      ),
    ).toBeLessThan(3e-6);
    expect(distance(ours.grads[0]!, weighted({ x }, weights, formula).grads[0]!)).toBeLessThan(1e-5);
    expect(computed(() => gelu(tf.zeros([0, 16]))).shape).toEqual([0, 16]);
  });

  it("layer norm over many rows has the gradients of the formula", () => {
    const x = tf.add(tf.mul(tf.randomNormal([600, 128], 0, 1, "float32", 6), 3), 5) as tf.Tensor2D;
    const [scale, offset] = [7, 8].map((seed) => tf.randomNormal<tf.Rank.R1>([128], 0, 1, "float32", seed));
    const weights = tf.randomNormal([600, 128], 0, 1, "float32", 9);
    const formula: Kernel = (t) => {
      const { mean, variance } = tf.moments(t.x!, 1, true);
      return tf.add(
        tf.mul(tf.mul(tf.sub(t.x!, mean), tf.rsqrt(tf.add(variance, 1e-5))), t.scale!),
        t.offset!,
      );
    };
    const inputs = { x, scale: scale!, offset: offset! };
    const ours = weighted(inputs, weights, (t) =>
      computed(() => layerNorm(t.x!, t.scale as tf.Tensor1D, t.offset as tf.Tensor1D, 1e-5)),
    );
    const expected = weighted(inputs, weights, formula);
    ours.grads.forEach((grad, i) => void expect(distance(grad, expected.grads[i]!)).toBeLessThan(1e-3));
  });

  it("the scaled GELU is √2 · gelu(√2 · u), and both go to 0 and to x at the ends", () => {
    const x = tf.tensor1d([-30, -5, -0.1, 0, 0.1, 5, 30]);
    expect(distance(tf.mul(scaledGelu(tf.mul(x, geluRoot)), geluRoot), gelu(x))).toBeLessThan(1e-6);
    expect([...gelu(tf.tensor1d([-30, 0, 30])).dataSync()].map((value) => value + 0)).toEqual([0, 0, 30]);
  });

  it("normalised rows have mean 0 and variance 1, and a row that does not vary becomes 0", () => {
    const x = tf.tensor2d([
      [5, 5, 5, 5],
      [1, 2, 3, 1000],
      [-1e-3, 1e-3, -1e-3, 1e-3],
    ]);
    const rows = normaliseRows(x, 1e-12);
    const { mean, variance } = tf.moments(rows, 1);
    expect(distance(mean, tf.zeros([3]))).toBeLessThan(1e-5);
    expect(distance(variance, tf.tensor1d([0, 1, 1]))).toBeLessThan(1e-3);
  });

  describe("attention", () => {
    const width = 3 * 2 * 16;
    const qkv = () => tf.randomNormal<tf.Rank.R3>([2, 4, width], 0, 1, "float32", 1);
    const attend = (x: tf.Tensor3D, mask: tf.Tensor2D | null) => computed(() => selfAttention(x, 2, mask));

    it("without a mask is attention to every frame", () => {
      expect(distance(attend(qkv(), null), attend(qkv(), tf.ones([2, 4])))).toBe(0);
    });

    it("does not see a masked frame: neither its values nor a gradient from it", () => {
      const mask = tf.tensor2d([
        [1, 1, 0, 1],
        [1, 1, 1, 1],
      ]);
      const changed = tf.add(qkv(), tf.mul(tf.reshape(tf.sub(1, mask), [2, 4, 1]), 100)) as tf.Tensor3D;
      const valid = tf.reshape(mask, [2, 4, 1]);
      const others = (x: tf.Tensor3D) => tf.mul(attend(x, mask), valid);
      expect(distance(others(qkv()), others(changed))).toBe(0);
      const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.square(others(x as tf.Tensor3D))))(qkv());
      expect(tf.max(tf.abs(tf.slice(gradient, [0, 2, 0], [1, 1, width]))).dataSync()[0]).toBe(0);
    });

    it("gives a row of nothing but padding its mean value", () => {
      const mask = tf.tensor2d([
        [0, 0, 0, 0],
        [1, 1, 1, 1],
      ]);
      const x = qkv();
      const padding = tf.slice(attend(x, mask), [0, 0, 0], [1, 4, width / 3]);
      const mean = tf.mean(tf.slice(x, [0, 0, (2 * width) / 3], [1, 4, width / 3]), 1, true);
      expect(distance(padding, tf.tile(mean, [1, 4, 1]))).toBeLessThan(1e-6);
    });
  });

  it.each([
    ["dense", () => dense(tf.ones([2, 3]), tf.ones([4, 5]), tf.ones([5])), /dense: axis 1 of x.*expected 4/],
    [
      "dense",
      () => dense(tf.ones([2, 4]), tf.ones([4, 5]), tf.ones([4])),
      /dense: axis 0 of bias.*expected 5/,
    ],
    ["dense", () => dense(tf.ones([0, 4]), tf.ones([4, 5]), tf.ones([5])), /dense: x is float32 \[0, 4\]/],
    ["dense", () => dense(tf.ones([4]), tf.ones([4, 5]), tf.ones([5])), /dense: x.*at least 2 axes/],
    ["gelu", () => gelu(tf.ones([2], "int32")), /gelu: x is int32 \[2\], expected float32/],
    ["layerNorm", () => layerNorm(tf.ones([2, 3]), tf.ones([4]), tf.ones([3]), 1e-5), /scale.*expected 3/],
    ["layerNorm", () => layerNorm(tf.ones([0, 3]), tf.ones([3]), tf.ones([3]), 1e-5), /no number/],
    ["attention", () => selfAttention(tf.ones([2, 4, 12]), 5, null), /12 numbers a frame.*5 heads/],
    ["attention", () => selfAttention(tf.ones([2, 4, 12]), 2, tf.ones([2, 3])), /mask.*expected \[2, 4\]/],
    ["attention", () => selfAttention(tf.ones([0, 4, 12]), 2, null), /no number/],
    ["attention", () => selfAttention(tf.ones([4, 12]) as unknown as tf.Tensor3D, 2, null), /batch, frames/],
  ])("%s says which argument is wrong and what was expected", (_, run, message) => {
    expect(() => run()).toThrow(message);
  });
});
