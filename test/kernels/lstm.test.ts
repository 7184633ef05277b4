import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { hasNativeKernel, withoutNativeKernels } from "../../src/core/native-kernels.js";
import { deviceName, nativeKernels } from "../../src/core/tensorflow.js";
import { bidirectionalLstm, type LstmWeights } from "../../src/kernels/lstm.js";
import { distance, usePath } from "./backends.js";

/** Every way in which the layer is computed: native/lstm.cc, TensorFlow's own kernel, plain tfjs. */
const forms = ["native", "raw", "portable"] as const;
type Form = (typeof forms)[number];

/** The kernel in one form. On a graphics card there is no native one: TensorFlow's stands in for it there. */
function lstmAs(form: Form): typeof bidirectionalLstm {
  if (form !== "raw") return bidirectionalLstm;
  return (...args) => withoutNativeKernels(() => bidirectionalLstm(...args));
}

interface WeightNumbers {
  readonly kernel: number[][];
  readonly recurrentKernel: number[][];
  readonly bias: number[];
}

interface Golden {
  readonly x: number[][][];
  readonly mask: number[][];
  readonly direction: number[][][];
  readonly forward: WeightNumbers;
  readonly backward: WeightNumbers;
  readonly output: number[][][];
  readonly gradients: { x: number[][][]; forward: WeightNumbers; backward: WeightNumbers };
}

const golden = JSON.parse(readFileSync(join(__dirname, "../goldens/kernels/lstm.json"), "utf8")) as Golden;

const weightsOf = ({ kernel, recurrentKernel, bias }: WeightNumbers): LstmWeights => ({
  kernel: tf.tensor2d(kernel),
  recurrentKernel: tf.tensor2d(recurrentKernel),
  bias: tf.tensor1d(bias),
});
const listOf = ({ kernel, recurrentKernel, bias }: LstmWeights): tf.Tensor[] => [
  kernel,
  recurrentKernel,
  bias,
];

const normal = <R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number, deviation = 1) =>
  tf.randomNormal<R>(shape, 0, deviation, "float32", seed);

/** Weights that draw on every gate, of one direction. */
const drawn = (channels: number, units: number, seed: number): LstmWeights => ({
  kernel: normal<tf.Rank.R2>([channels, 4 * units], seed, 0.5),
  recurrentKernel: normal<tf.Rank.R2>([units, 4 * units], seed + 1, 0.3),
  bias: normal<tf.Rank.R1>([4 * units], seed + 2, 0.5),
});

/** Output and the gradients of Σ output × direction by x and by all six weights. */
function run(
  lstm: typeof bidirectionalLstm,
  x: tf.Tensor3D,
  mask: tf.Tensor2D,
  weights: readonly LstmWeights[],
  direction: tf.Tensor3D,
) {
  const [forward, backward] = weights as [LstmWeights, LstmWeights];
  const { grads } = tf.valueAndGrads((...given: tf.Tensor[]) => {
    const [input, fk, fr, fb, bk, br, bb] = given as [
      tf.Tensor3D,
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor1D,
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor1D,
    ];
    const output = lstm(
      input,
      mask,
      { kernel: fk, recurrentKernel: fr, bias: fb },
      { kernel: bk, recurrentKernel: br, bias: bb },
    );
    return tf.sum(tf.mul(output, direction));
  })([x, ...listOf(forward), ...listOf(backward)]);
  return { output: lstm(x, mask, forward, backward), grads };
}

describe.each(forms)("the bidirectional LSTM, %s", (form) => {
  beforeAll(() => usePath(form === "portable" ? "portable" : "raw"));
  const lstm = lstmAs(form);

  it("is PyTorch's on clips that lie anywhere among padding, with all its gradients", () => {
    const mask = tf.tensor2d(golden.mask);
    const { output, grads } = run(
      lstm,
      tf.tensor3d(golden.x),
      mask,
      [weightsOf(golden.forward), weightsOf(golden.backward)],
      tf.tensor3d(golden.direction),
    );
    const valid = tf.mul(output, tf.expandDims(mask, 2));
    expect(distance(valid, tf.tensor3d(golden.output))).toBeLessThan(2e-6);
    const { x, forward, backward } = golden.gradients;
    const expected = [tf.tensor3d(x), ...listOf(weightsOf(forward)), ...listOf(weightsOf(backward))];
    expect(grads.length).toBe(expected.length);
    grads.forEach((grad, i) => {
      expect(distance(grad, expected[i]!)).toBeLessThan(2e-5);
    });
  });

  it("is tf.layers.bidirectional(tf.layers.lstm) where nothing is padding", () => {
    const layer = tf.layers.bidirectional({
      layer: tf.layers.lstm({ units: 16, returnSequences: true, recurrentActivation: "sigmoid" }) as tf.RNN,
      mergeMode: "concat",
    });
    const x = normal<tf.Rank.R3>([4, 7, 5], 1);
    layer.apply(x);
    const weights = [drawn(5, 16, 10), drawn(5, 16, 20)] as const;
    layer.setWeights(weights.flatMap(listOf));
    const ours = lstm(x, tf.ones([4, 7]), ...weights);
    expect(ours.shape).toEqual([4, 7, 32]);
    expect(distance(ours, layer.apply(x) as tf.Tensor)).toBeLessThan(2e-6);
  });

  it("gives a clip the same numbers wherever it lies, whatever stands around it", () => {
    const weights = [drawn(5, 16, 30), drawn(5, 16, 40)] as const;
    const clip = normal<tf.Rank.R3>([2, 6, 5], 2);
    const alone = lstm(clip, tf.ones([2, 6]), ...weights);
    for (const [before, after] of [
      [0, 9],
      [9, 0],
      [4, 5],
    ] as const) {
      const noise = (frames: number, seed: number) => normal([2, frames, 5], seed, 10);
      const around = [noise(before, 3), clip, noise(after, 4)].filter((part) => part.size > 0);
      const mask = tf.pad(tf.ones([2, 6]), [
        [0, 0],
        [before, after],
      ]) as tf.Tensor2D;
      const output = lstm(tf.concat(around, 1) as tf.Tensor3D, mask, ...weights);
      expect(distance(tf.slice(output, [0, before, 0], [2, 6, 32]), alone)).toBeLessThan(1e-6);
    }
  });

  it("carries the cell through padding within a clip", () => {
    // Without recurrent weights only the cell remembers: the frame after the gap must know the one before it.
    const still = (seed: number): LstmWeights => ({
      ...drawn(5, 16, seed),
      recurrentKernel: tf.zeros([16, 64]),
    });
    const weights = [still(50), still(60)] as const;
    const x = normal<tf.Rank.R3>([1, 4, 5], 5);
    const gap = lstm(x, tf.tensor2d([[1, 0, 0, 1]]), ...weights);
    const joined = lstm(tf.gather(x, tf.tensor1d([0, 3], "int32"), 1), tf.ones([1, 2]), ...weights);
    expect(distance(tf.gather(gap, tf.tensor1d([0, 3], "int32"), 1), joined)).toBeLessThan(1e-6);
  });

  it("has the gradients of its values: numerical differences along each argument", () => {
    const x = normal<tf.Rank.R3>([2, 5, 3], 6);
    const mask = tf.tensor2d([
      [0, 1, 1, 0, 1],
      [1, 1, 1, 1, 1],
    ]);
    const weights = [drawn(3, 16, 70), drawn(3, 16, 80)];
    // Outputs in padding are left out of the loss, as every user leaves them out.
    const direction = tf.mul(normal([2, 5, 32], 7), tf.expandDims(mask, 2)) as tf.Tensor3D;
    const { grads } = run(lstm, x, mask, weights, direction);
    const all = [x, ...weights.flatMap(listOf)];
    const loss = (given: readonly tf.Tensor[]): number => {
      const [input, fk, fr, fb, bk, br, bb] = given as [tf.Tensor, ...tf.Tensor[]];
      const one = (kernel: tf.Tensor, recurrentKernel: tf.Tensor, bias: tf.Tensor) =>
        ({ kernel, recurrentKernel, bias }) as LstmWeights;
      const output = lstm(input as tf.Tensor3D, mask, one(fk!, fr!, fb!), one(bk!, br!, bb!));
      return tf.sum(tf.mul(output, direction)).dataSync()[0]!;
    };
    all.forEach((argument, i) => {
      const along = tf.div(grads[i]!, tf.norm(grads[i]!));
      const step = 0.02;
      const moved = (sign: number) =>
        loss(all.map((other, k) => (k === i ? tf.add(argument, tf.mul(along, sign * step)) : other)));
      const slope = tf.norm(grads[i]!).dataSync()[0]!;
      expect((moved(1) - moved(-1)) / (2 * step) / slope).toBeCloseTo(1, 2);
    });
  });

  it("gives finite numbers for a clip that is all padding, and learns nothing from it", () => {
    const { output, grads } = run(
      lstm,
      normal([1, 4, 3], 8),
      tf.zeros([1, 4]),
      [drawn(3, 16, 90), drawn(3, 16, 95)],
      tf.zeros([1, 4, 32]),
    );
    expect([...output.dataSync()].every((value) => Math.abs(value) < 1e-6)).toBe(true);
    expect(grads.every((grad) => [...grad.dataSync()].every((value) => value === 0))).toBe(true);
  });

  it("says which argument is wrong, and what was expected", () => {
    const x = normal<tf.Rank.R3>([2, 4, 3], 9);
    const mask = tf.ones<tf.Rank.R2>([2, 4]);
    const good = drawn(3, 16, 100);
    const call = (input: tf.Tensor, m: tf.Tensor, f: LstmWeights = good, b: LstmWeights = good) =>
      lstm(input as tf.Tensor3D, m as tf.Tensor2D, f, b);
    expect(() => call(tf.ones([2, 4]), mask)).toThrow(
      /x is float32 \[2, 4\], expected \[batch, frames, channels\]/,
    );
    expect(() => call(tf.ones([0, 4, 3]), tf.ones([0, 4]))).toThrow(/x is .*holds no number/);
    expect(() => call(tf.ones([2, 4, 3], "int32"), mask)).toThrow(/x is int32/);
    expect(() => call(x, tf.ones([2, 5]))).toThrow(/mask is float32 \[2, 5\], expected \[2, 4\]/);
    expect(() => call(x, mask, drawn(4, 16, 1))).toThrow(
      /forward.kernel is float32 \[4, 64\], expected \[3, 64\]/,
    );
    expect(() => call(x, mask, good, drawn(3, 8, 1))).toThrow(
      /backward.kernel .* expected \[3, 64\]: four gates of 16/,
    );
    expect(() => call(x, mask, good, { ...good, bias: tf.zeros([16]) })).toThrow(/backward.bias/);
  });

  it("leaves no tensor behind", () => {
    const x = normal<tf.Rank.R3>([2, 4, 3], 9);
    const mask = tf.ones<tf.Rank.R2>([2, 4]);
    const weights = [drawn(3, 16, 110), drawn(3, 16, 120)];
    const direction = tf.ones<tf.Rank.R3>([2, 4, 32]);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) tf.tidy(() => void run(lstm, x, mask, weights, direction));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("the native kernel", () => {
  beforeAll(() => usePath("raw"));

  it("is loaded where TensorFlow computes on the processor, and nowhere else", () => {
    for (const op of nativeKernels.ops) expect(hasNativeKernel(op)).toBe(deviceName() === "CPU");
    expect(withoutNativeKernels(() => hasNativeKernel(nativeKernels.ops[0]))).toBe(false);
  });

  // Tiles of rows and of units that are filled and that are not, more frames than are gathered at a time.
  const shapes = [
    { batch: 1, frames: 1, units: 16 },
    { batch: 3, frames: 8, units: 32 },
    { batch: 11, frames: 21, units: 48 },
    { batch: 33, frames: 17, units: 64 },
  ];
  const addon = () => require(nativeKernels.path) as { useInstructions(name: string): boolean };
  it.each(["avx512", "avx2", "plain"])(
    "gives TensorFlow's numbers with %s, the same every time",
    (instructions) => {
      if (deviceName() !== "CPU" || !addon().useInstructions(instructions)) return; // this processor has them not
      try {
        for (const { batch, frames, units } of shapes) {
          const x = normal<tf.Rank.R3>([batch, frames, 5], 1);
          const mask = tf.cast(
            tf.greater(tf.randomUniform([batch, frames], 0, 1, "float32", 2), 0.2),
            "float32",
          );
          const weights = [drawn(5, units, 3), drawn(5, units, 6)];
          // Unlike elsewhere the output in padding counts: it is the same in all forms.
          const direction = normal<tf.Rank.R3>([batch, frames, 2 * units], 9);
          const numbers = (form: Form) => {
            const { output, grads } = run(lstmAs(form), x, mask as tf.Tensor2D, weights, direction);
            return [output, ...grads];
          };
          const [ours, again, theirs] = [numbers("native"), numbers("native"), numbers("raw")];
          ours.forEach((tensor, i) => {
            const size = tf.max(tf.abs(theirs[i]!)).dataSync()[0]!;
            expect(distance(tensor, theirs[i]!)).toBeLessThan(3e-6 * Math.max(1, size));
            expect([...tensor.dataSync()]).toEqual([...again[i]!.dataSync()]);
          });
        }
      } finally {
        addon().useInstructions("");
      }
    },
  );

  it("keeps extreme sums finite: gates that are shut or open in all digits", () => {
    const weights = drawn(2, 16, 1);
    const x = tf.mul(normal([2, 6, 2], 2), 1e4) as tf.Tensor3D;
    const mask = tf.ones<tf.Rank.R2>([2, 6]);
    const direction = tf.ones<tf.Rank.R3>([2, 6, 32]);
    const ours = run(lstmAs("native"), x, mask, [weights, weights], direction);
    const theirs = run(lstmAs("raw"), x, mask, [weights, weights], direction);
    expect(distance(ours.output, theirs.output)).toBeLessThan(1e-6);
    expect(ours.grads.every((grad) => [...grad.dataSync()].every(Number.isFinite))).toBe(true);
  });
});
