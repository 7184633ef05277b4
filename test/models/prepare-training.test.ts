import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { findBfloat16 } from "../../src/core/bfloat16.js";
import { withoutNativeKernels } from "../../src/core/native-kernels.js";
import { softCrossEntropy } from "../../src/kernels/cross-entropy.js";
import { buildDenseNet } from "../../src/models/densenet.js";
import { computeInHalfPrecision } from "../../src/models/half-precision.js";
import { FusedBatchNorm, Rectifier } from "../../src/models/layers.js";
import { prepareTraining } from "../../src/models/prepare-training.js";
import { buildResNet } from "../../src/models/resnet.js";
import { buildSimpleCnn } from "../../src/models/simple-cnn.js";
import { modelVariables } from "../../src/training/variables.js";
import { distance, paths, usePath } from "../kernels/backends.js";

const shape = { frames: 16, bands: 8, classes: 8, headUnits: 16, seed: 3 };
// As its defaults, no 1 × 1 convolution without a stride: that would become a product, which rounds otherwise.
const resnet = () => buildResNet({ ...shape, channels: [16, 32], blocks: [1, 1] });
const simpleCnn = () => buildSimpleCnn({ ...shape, channels: [8, 16], convolutions: [1, 1] });
const densenet = () => buildDenseNet({ ...shape, stemChannels: 8, growth: 8, layers: [2, 1] });
const random = (of: number[], seed: number) => tf.randomNormal(of, 0, 1, "float32", seed);
const batch = () => random([8, shape.frames, shape.bands, 1], 1);

/** Loss, gradients, and the batch statistics after two training steps. */
function train(model: tf.LayersModel): tf.Tensor[] {
  const { trained, fixed } = modelVariables(model);
  const y = tf.softmax(random([8, shape.classes], 2)) as tf.Tensor2D;
  const step = () =>
    tf.variableGrads(
      () => softCrossEntropy(model.apply(batch(), { training: true }) as tf.Tensor2D, y),
      trained as tf.Variable[],
    );
  step();
  const { value, grads } = step();
  return [value, ...trained.map(({ name }) => grads[name]!), ...fixed];
}

const distances = (a: tf.Tensor[], b: tf.Tensor[]) => a.map((tensor, i) => distance(tensor, b[i]!));

describe.each(paths)("a model prepared for training on the %s path", (path) => {
  beforeAll(() => usePath(path));

  const both = (build: () => tf.LayersModel) => {
    const prepared = build();
    prepareTraining(prepared);
    return [train(prepared), train(build())] as const;
  };

  it("has the loss, gradients and batch statistics of before, bit for bit: simple-cnn of few channels", () => {
    const [after, before] = both(simpleCnn);
    expect(distances(after, before)).toEqual(before.map(() => 0));
  });

  it("has them bit for bit with TensorFlow's kernels: resnet", () => {
    const [after, before] = withoutNativeKernels(() => both(resnet));
    expect(distances(after, before)).toEqual(before.map(() => 0));
  });

  it.each([
    ["matrices are multiplied instead: densenet", densenet],
    ["convolutions are made of fewer products: resnet", resnet],
  ])("has those of before up to rounding where %s", (_, build) => {
    const [after, before] = both(build);
    before.forEach((tensor, i) => {
      const largest = Math.max(1, ...tensor.dataSync().map(Math.abs));
      expect(distance(after[i]!, tensor) / largest).toBeLessThan(1e-4);
    });
  });

  it("keeps its topology and its predictions", () => {
    const [prepared, before] = [resnet(), resnet()];
    prepareTraining(prepared);
    expect(prepared.toJSON()).toEqual(before.toJSON());
    const predict = (model: tf.LayersModel) => model.predict(batch()) as tf.Tensor;
    expect(distance(predict(prepared), predict(before))).toBe(0);
  });

  it("rectifies apart what is used before the rectifier too", () => {
    const build = () => {
      const input = tf.input({ shape: [4, 4, 8] });
      const norm = new FusedBatchNorm({ name: "norm" }).apply(input) as tf.SymbolicTensor;
      const rectified = new Rectifier({ name: "rectifier" }).apply(norm) as tf.SymbolicTensor;
      const sum = tf.layers.add().apply([norm, rectified]) as tf.SymbolicTensor;
      return tf.model({ inputs: input, outputs: sum });
    };
    const prepared = build();
    prepareTraining(prepared);
    const x = random([5, 4, 4, 8], 4);
    const apply = (model: tf.LayersModel) => model.apply(x, { training: true }) as tf.Tensor;
    expect(distance(apply(prepared), apply(build()))).toBe(0);
  });

  it("leaves no tensor behind", () => {
    const model = resnet();
    prepareTraining(model);
    tf.tidy(() => void train(model));
    const { numTensors } = tf.memory();
    tf.tidy(() => void train(model));
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe.runIf(findBfloat16() !== null)("a model prepared for training in bf16", () => {
  beforeAll(() => usePath("raw"));

  const networks = [
    ["resnet", resnet],
    ["simple-cnn", simpleCnn],
  ] as const;
  const prepared = (build: () => tf.LayersModel) => {
    const model = build();
    prepareTraining(model, "bf16");
    return model;
  };
  const inHalf = (build: () => tf.LayersModel) => {
    const model = build();
    computeInHalfPrecision(model);
    return model;
  };

  it.each(networks)(
    "has the numbers of computing in half precision alone, bit for bit, with TensorFlow's kernels: %s",
    (_, build) => {
      withoutNativeKernels(() => {
        const expected = train(inHalf(build));
        expect(distances(train(prepared(build)), expected)).toEqual(expected.map(() => 0));
      });
    },
  );

  it("has those numbers with kernels of our own too where no sum is rounded before a rectifier: simple-cnn", () => {
    const expected = train(inHalf(simpleCnn));
    // Where convolutions are our own, a kernel's gradient comes without having been rounded to bf16.
    const largest = expected.map((tensor) => tf.max(tf.abs(tensor)).dataSync()[0]!);
    const isKernel = (tensor: tf.Tensor) => tensor.shape.length === 4;
    distances(train(prepared(simpleCnn)), expected).forEach((apart, i) => {
      expect(apart).toBeLessThanOrEqual(isKernel(expected[i]!) ? 2 ** -8 * largest[i]! : 0);
    });
  });

  it("is as near to float32 as computing in half precision alone: resnet", () => {
    const single = train(resnet());
    const squares = (tensors: tf.Tensor[]) =>
      tensors.reduce((sum, tensor) => sum + tf.sum(tf.square(tensor)).dataSync()[0]!, 0);
    const furthest = (model: tf.LayersModel) =>
      squares(train(model).map((tensor, i) => tf.sub(tensor, single[i]!))) / squares(single);
    const [ours, apart] = [furthest(prepared(resnet)), furthest(inHalf(resnet))];
    expect(ours).toBeLessThan(1.5 * apart);
    expect(ours).toBeGreaterThan(0);
  });
});
