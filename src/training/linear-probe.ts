import * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";

/** One vector a clip, all of one length, with the number of its class. */
export interface ProbeExample {
  readonly vector: Float32Array;
  readonly label: number;
}

export interface ProbeOptions {
  readonly classes: number;
  /** Takes each dimension to mean 0 and deviation 1 over the training vectors. Default true. */
  readonly standardise?: boolean;
  /** "balanced" weighs a class by n / (classes × count), as scikit-learn does. Default "none". */
  readonly classWeights?: "none" | "balanced";
  /** Half the squared weights times this is added to the mean loss. Default 1e-3. */
  readonly penalty?: number;
  /** Steps of full-batch Adam. Default 300. */
  readonly steps?: number;
}

/** Class probabilities of each vector. */
export type Probe = (vectors: readonly Float32Array[]) => number[][];

/**
 * Multinomial logistic regression: the plainest model, and the yardstick of every other. Convex and started at zero,
 * so it has no seed. Throws LabError when there is nothing to learn from.
 */
export function fitLinearProbe(examples: readonly ProbeExample[], options: ProbeOptions): Probe {
  if (examples.length === 0)
    throw new LabError("There are no examples to learn from.", "Give at least one training clip.");
  const { classes, standardise = true, classWeights = "none", penalty = 1e-3, steps = 300 } = options;
  const width = examples[0]!.vector.length;
  const { mean, scale } = standardise
    ? moments(examples, width)
    : { mean: new Float32Array(width), scale: new Float32Array(width).fill(1) };
  const toMatrix = (vectors: readonly Float32Array[]): tf.Tensor2D => {
    const values = new Float32Array(vectors.length * width);
    for (const [row, vector] of vectors.entries()) {
      for (let i = 0; i < width; i++) values[row * width + i] = (vector[i]! - mean[i]!) * scale[i]!;
    }
    return tf.tensor2d(values, [vectors.length, width]);
  };
  const weights = new Float32Array(width * classes);
  const bias = new Float32Array(classes);
  tf.tidy(() => {
    const x = toMatrix(examples.map((example) => example.vector)); // [clips, width]
    const y = tf.oneHot(
      tf.tensor1d(
        examples.map((example) => example.label),
        "int32",
      ),
      classes,
    ); // [clips, classes]
    const clipWeights = tf.tensor2d(weightsOf(examples, classes, classWeights), [examples.length, 1]);
    const w = tf.variable(tf.zeros([width, classes]));
    const b = tf.variable(tf.zeros([classes]));
    const optimiser = tf.train.adam(0.05);
    for (let step = 0; step < steps; step++) {
      // A falling rate lets Adam settle at the minimum instead of circling it.
      (optimiser as unknown as { learningRate: number }).learningRate =
        0.05 * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
      optimiser.minimize(
        () => {
          const logits = tf.add(tf.matMul(x, w as unknown as tf.Tensor2D), b) as tf.Tensor2D;
          const losses = tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), y), 1, true));
          return tf.add(
            tf.mean(tf.mul(losses, clipWeights)),
            tf.mul(tf.sum(tf.square(w)), penalty / 2),
          ) as tf.Scalar;
        },
        false,
        [w, b],
      );
    }
    weights.set(w.dataSync());
    bias.set(b.dataSync());
    optimiser.dispose();
    w.dispose();
    b.dispose();
  });
  return (vectors) =>
    vectors.length === 0
      ? []
      : tf.tidy(() => {
          const logits = tf.add(
            tf.matMul(toMatrix(vectors), tf.tensor2d(weights, [width, classes])),
            tf.tensor1d(bias),
          );
          return tf.softmax(logits as tf.Tensor2D).arraySync() as number[][];
        });
}

function moments(
  examples: readonly ProbeExample[],
  width: number,
): { mean: Float32Array; scale: Float32Array } {
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  for (const { vector } of examples) {
    for (let i = 0; i < width; i++) {
      sums[i]! += vector[i]!;
      squares[i]! += vector[i]! ** 2;
    }
  }
  const n = examples.length;
  const mean = Float32Array.from(sums, (sum) => sum / n);
  const scale = Float32Array.from(squares, (square, i) => {
    const deviation = Math.sqrt(Math.max(0, square / n - (sums[i]! / n) ** 2));
    return deviation < 1e-6 ? 1 : 1 / deviation;
  });
  return { mean, scale };
}

function weightsOf(
  examples: readonly ProbeExample[],
  classes: number,
  kind: "none" | "balanced",
): Float32Array {
  if (kind === "none") return new Float32Array(examples.length).fill(1);
  const counts = new Array<number>(classes).fill(0);
  for (const { label } of examples) counts[label]!++;
  const present = counts.filter((count) => count > 0).length;
  return Float32Array.from(examples, ({ label }) => examples.length / (present * counts[label]!));
}
