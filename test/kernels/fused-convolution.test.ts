import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { hasNativeKernel, withoutNativeKernels } from "../../src/core/native-kernels.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { createFusedConvolution } from "../../src/kernels/fused-convolution.js";
import { distance, usePath } from "./backends.js";

beforeAll(() => void loadTensorFlow());

const forms = ["native", "raw", "portable"] as const;

/** Runs `work` where that form computes; false where the machine has none. */
async function inForm(form: (typeof forms)[number], work: () => void): Promise<boolean> {
  await usePath(form === "portable" ? "portable" : "raw");
  if (form === "native" && !hasNativeKernel("AffectlabConvolution")) return false;
  if (form === "native") work();
  else withoutNativeKernels(work);
  return true;
}

const noise = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, "float32", seed);

/** [batch, height, width, in], [rows, columns], filters, strides: what the networks here ask for, and the edges of tiles. */
const cases = [
  { x: [1, 12, 16, 16], size: [3, 3], filters: 16, strides: [1, 1] },
  { x: [2, 13, 17, 32], size: [3, 3], filters: 64, strides: [1, 1] },
  { x: [1, 128, 64, 1], size: [3, 3], filters: 16, strides: [2, 2] },
  { x: [1, 24, 16, 1], size: [7, 7], filters: 32, strides: [2, 2] },
  { x: [3, 9, 7, 48], size: [1, 1], filters: 96, strides: [2, 2] },
  { x: [1, 1, 301, 8], size: [1, 10], filters: 64, strides: [1, 1] },
  { x: [1, 1, 24, 40], size: [1, 3], filters: 48, strides: [1, 1] },
  { x: [1, 20, 3, 5], size: [5, 5], filters: 80, strides: [3, 1] },
  { x: [2, 6, 6, 4], size: [2, 2], filters: 8, strides: [1, 1] }, // no multiple of 16
  { x: [1, 9, 9, 3], size: [3, 3], filters: 16, strides: [3, 3] }, // a stride that is not the native kernel's
] as const;

describe.each(forms)("a convolution with what follows it, %s", (form) => {
  it.each(cases)(
    "is the convolution, the sums and the rectifier one by one: $x $size $filters $strides",
    async (given) => {
      const { size, filters } = given;
      const strides = [...given.strides] as [number, number];
      const isThere = await inForm(form, () => {
        tf.tidy(() => {
          const x = noise([...given.x], 1) as tf.Tensor4D;
          const kernel = noise([...size, given.x[3], filters], 2) as tf.Tensor4D;
          const bias = noise([filters], 3) as tf.Tensor1D;
          for (const pad of ["same", "valid"] as const) {
            if (pad === "valid" && (size[0] > given.x[1] || size[1] > given.x[2])) continue;
            const convolved = tf.conv2d(x, kernel, strides, pad);
            const sum = tf.add(convolved, bias) as tf.Tensor4D;
            const addend = noise(sum.shape, 4) as tf.Tensor4D;
            const scale = tf.max(tf.abs(sum)).dataSync()[0]!;
            const apart = (y: tf.Tensor, expected: tf.Tensor) => distance(y, expected) / scale;
            const options = { strides, pad, rectifies: false };
            const rectifying = { ...options, rectifies: true };
            expect(apart(createFusedConvolution(kernel, bias, options)(x), sum)).toBeLessThan(2e-6);
            expect(apart(createFusedConvolution(kernel, bias, rectifying)(x), tf.relu(sum))).toBeLessThan(
              2e-6,
            );
            const both = tf.relu(tf.add(sum, addend));
            expect(apart(createFusedConvolution(kernel, bias, rectifying)(x, addend), both)).toBeLessThan(
              2e-6,
            );
          }
        });
      });
      if (form !== "native") expect(isThere).toBe(true);
    },
  );

  it("is made once for inputs of several sizes", async () => {
    await inForm(form, () => {
      tf.tidy(() => {
        const kernel = noise([3, 3, 4, 16], 1) as tf.Tensor4D;
        const bias = noise([16], 2) as tf.Tensor1D;
        const convolve = createFusedConvolution(kernel, bias, {
          strides: [1, 1],
          pad: "same",
          rectifies: false,
        });
        for (const [batch, height, width] of [
          [1, 8, 8],
          [2, 5, 11],
          [1, 8, 8],
        ] as const) {
          const x = noise([batch, height, width, 4], 3) as tf.Tensor4D;
          expect(distance(convolve(x), tf.add(tf.conv2d(x, kernel, 1, "same"), bias))).toBeLessThan(2e-5);
        }
      });
    });
  });

  it("says which argument is wrong", async () => {
    await inForm(form, () => {
      const x = tf.zeros([1, 4, 4, 3]) as tf.Tensor4D;
      const kernel = tf.zeros([3, 3, 3, 16]) as tf.Tensor4D;
      const bias = tf.zeros([16]) as tf.Tensor1D;
      const options = { strides: [1, 1], pad: "same", rectifies: false } as const;
      const run =
        (given: { x?: tf.Tensor; kernel?: tf.Tensor; bias?: tf.Tensor; addend?: tf.Tensor }) => () =>
          createFusedConvolution(
            (given.kernel ?? kernel) as tf.Tensor4D,
            (given.bias ?? bias) as tf.Tensor1D,
            options,
          )((given.x ?? x) as tf.Tensor4D, given.addend as tf.Tensor4D | undefined);
      expect(run({ x: tf.zeros([4, 4, 3]) })).toThrow(/fusedConvolution: x is float32 \[4, 4, 3\]/);
      expect(run({ x: tf.zeros([1, 4, 4, 2]) })).toThrow(/axis 3 of x.*the kernel's channels/);
      expect(run({ x: tf.zeros([0, 4, 4, 3]) })).toThrow(/holds no number/);
      expect(run({ x: tf.zeros([1, 4, 4, 3], "int32") })).toThrow(/x is int32.*expected float32/);
      expect(run({ bias: tf.zeros([8]) })).toThrow(/bias is float32 \[8\], expected \[16\]/);
      expect(run({ addend: tf.zeros([1, 4, 4, 8]) })).toThrow(/addend is float32 \[1, 4, 4, 8\]/);
    });
  });
});
