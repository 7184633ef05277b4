import * as tf from "@tensorflow/tfjs";
import { checkNotEmpty, checkRank, checkShape, checkType } from "./check-arguments.js";
import { hasNativeBatchNorm, normaliseNatively, type StatisticsListener } from "./native-batch-norm.js";
import { attribute, hasOneDnnKernels, hasRawKernels, runKernel, runOneDnnKernel } from "./raw.js";
import { relu } from "./relu.js";

export type { StatisticsListener };

/**
 * Batch normalisation with this batch's statistics (Ioffe and Szegedy 2015, algorithm 1).
 * x: [batch, height, width, channels]; scale, offset: [channels]; gives x's shape. Under TensorFlow by native/batch-norm.cc,
 * where that addon is absent by FusedBatchNormV3 and FusedBatchNormGradV3; plain tfjs elsewhere. No gradient flows through
 * what the listener is told. Throws for a wrong rank or type, an empty batch, or a scale or offset that does not fit.
 */
export function normaliseBatch(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
  onStatistics: StatisticsListener,
): tf.Tensor4D {
  checkArguments("normaliseBatch", x, { scale, offset });
  if (hasNativeBatchNorm()) return normaliseNatively(x, scale, offset, epsilon, onStatistics, "nothing");
  return hasRawKernels()
    ? fused(x, scale, offset, epsilon, onStatistics)
    : portable(x, scale, offset, epsilon, onStatistics);
}

/**
 * Batch normalisation and the rectifier max(x, 0) after it, in one: with native/batch-norm.cc no pass over memory more than
 * without the rectifier, with oneDNN's kernel none forward; what is normalised but not rectified is never written. The
 * same numbers as `relu(normaliseBatch(…))`, bit for bit. Arguments and errors as there.
 */
export function normaliseAndRectifyBatch(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
  onStatistics: StatisticsListener,
): tf.Tensor4D {
  checkArguments("normaliseAndRectifyBatch", x, { scale, offset });
  if (hasNativeBatchNorm()) return normaliseNatively(x, scale, offset, epsilon, onStatistics, "rectifier");
  if (hasOneDnnKernels()) return fused(x, scale, offset, epsilon, onStatistics, true);
  return relu(normaliseBatch(x, scale, offset, epsilon, onStatistics));
}

/**
 * The end of a residual block (He et al. 2016, equation 1), max(norm(x) + shortcut, 0), the shortcut of x's shape. With
 * native/batch-norm.cc no pass over memory more than the normalisation alone, but for reading the shortcut; elsewhere
 * the three one after the other. Arguments and errors as in `normaliseBatch`.
 */
export function normaliseAddAndRectifyBatch(
  x: tf.Tensor4D,
  shortcut: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
  onStatistics: StatisticsListener,
): tf.Tensor4D {
  checkArguments("normaliseAddAndRectifyBatch", x, { scale, offset });
  checkType("normaliseAddAndRectifyBatch", "shortcut", shortcut);
  checkShape("normaliseAddAndRectifyBatch", "shortcut", shortcut, x.shape, "it is added to what x becomes");
  if (hasNativeBatchNorm()) return normaliseNatively(x, scale, offset, epsilon, onStatistics, { shortcut });
  return relu(tf.add(normaliseBatch(x, scale, offset, epsilon, onStatistics), shortcut));
}

/** Batch normalisation with given statistics, as in inference. Shapes and errors as in `normaliseBatch`. */
export function normaliseWithStatistics(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  epsilon: number,
): tf.Tensor4D {
  checkArguments("normaliseWithStatistics", x, { scale, offset, mean, variance });
  return tf.batchNorm4d(x, mean, variance, offset, scale, epsilon);
}

function checkArguments(
  kernel: string,
  x: tf.Tensor4D,
  vectors: Readonly<Record<string, tf.Tensor1D>>,
): void {
  checkRank(kernel, "x", x, ["batch", "height", "width", "channels"]);
  checkType(kernel, "x", x);
  checkNotEmpty(kernel, "x", x);
  for (const [name, vector] of Object.entries(vectors)) {
    checkType(kernel, name, vector);
    checkShape(kernel, name, vector, [x.shape[3]], "a number for each of x's channels");
  }
}

const portable: typeof normaliseBatch = (x, scale, offset, epsilon, onStatistics) => {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  onStatistics(mean as tf.Tensor1D, variance as tf.Tensor1D);
  return tf.batchNorm4d(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset, scale, epsilon);
};

/** `rectifies` needs oneDNN: TensorFlow's own processor kernel has no activation. */
function fused(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
  onStatistics: StatisticsListener,
  rectifies = false,
): tf.Tensor4D {
  const attributes = [
    attribute.type("T"),
    attribute.type("U"),
    attribute.float("epsilon", epsilon),
    attribute.string("data_format", "NHWC"),
    attribute.bool("is_training", true),
  ];
  const forwardAttributes = [...attributes, attribute.float("exponential_avg_factor", 1)];
  const count = x.size / x.shape[3];
  const forward = (inputs: tf.Tensor[]): tf.Tensor[] =>
    rectifies
      ? runOneDnnKernel(
          "_MklNativeFusedBatchNormEx",
          [...forwardAttributes, attribute.string("activation_mode", "Relu")],
          inputs,
          6,
        )
      : runKernel("FusedBatchNormV3", forwardAttributes, inputs, 6);
  const normalise = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [input, gamma, beta] = args as [tf.Tensor, tf.Tensor, tf.Tensor];
    const unused = tf.zeros([0]); // in training the kernel takes no population statistics
    const outputs = forward([input, gamma, beta, unused, unused]);
    const [y, mean, variance, ...reserved] = outputs as [tf.Tensor, tf.Tensor1D, tf.Tensor1D, ...tf.Tensor[]];
    // The kernel's variance carries Bessel's correction; the one used for y does not.
    onStatistics(mean, tf.mul(variance, (count - 1) / count));
    save([input, gamma, ...reserved, ...(rectifies ? [y] : [])]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const output = saved[5]; // of the rectifier
        const dNormalised =
          output === undefined ? dy : runKernel("ReluGrad", [attribute.type("T")], [dy, output], 1)[0]!;
        return runKernel("FusedBatchNormGradV3", attributes, [dNormalised, ...saved.slice(0, 5)], 5).slice(
          0,
          3,
        );
      },
    };
  });
  return normalise(x, scale, offset) as tf.Tensor4D;
}
