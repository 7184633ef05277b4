import * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
import { minimise, type ValueAndGradient } from "../core/minimise.js";
import { classWeightsOf } from "./epoch-order.js";

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
  /** Half the squared weights times this is added to the mean loss; the bias is free. Default 1e-3. */
  readonly penalty?: number;
}

/** Class probabilities of each vector. */
export type Probe = (vectors: readonly Float32Array[]) => number[][];

/**
 * Multinomial logistic regression: the plainest model, and the yardstick of every other. Convex, started at zero and
 * taken to its lowest point by L-BFGS, so it has no seed; equal to scikit-learn's LogisticRegression with
 * C = 1 / (penalty × clips) behind a StandardScaler. Throws LabError when there is nothing to learn from.
 */
export function fitLinearProbe(examples: readonly ProbeExample[], options: ProbeOptions): Probe {
  if (examples.length === 0)
    throw new LabError("There are no examples to learn from.", "Give at least one training clip.");
  const { classes, standardise = true, classWeights = "none", penalty = 1e-3 } = options;
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
  const x = toMatrix(examples.map((example) => example.vector)); // [clips, width]
  const y = tf.tidy(() =>
    tf.oneHot(
      tf.tensor1d(
        Int32Array.from(examples, (example) => example.label),
        "int32",
      ),
      classes,
    ),
  ); // [clips, classes]
  const weightOf = classWeightsOf(examples, classes, classWeights);
  const shares = tf.tensor2d(
    examples.map(({ label }) => weightOf[label]! / examples.length),
    [examples.length, 1],
  );
  const at = (point: Float64Array): ValueAndGradient => {
    const [value, slope, biasSlope] = tf.tidy(() => {
      const w = tf.tensor2d(Float32Array.from(point.subarray(0, width * classes)), [width, classes]);
      const b = tf.tensor1d(Float32Array.from(point.subarray(width * classes)));
      const logits = tf.add(tf.matMul(x, w), b) as tf.Tensor2D;
      const losses = tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), y), 1, true));
      const errors = tf.mul(tf.sub(tf.softmax(logits), y), shares) as tf.Tensor2D; // [clips, classes]
      return [
        tf.add(tf.sum(tf.mul(losses, shares)), tf.mul(tf.sum(tf.square(w)), penalty / 2)),
        tf.add(tf.matMul(x, errors, true, false), tf.mul(w, penalty)), // [width, classes]
        tf.sum(errors, 0), // [classes]
      ] as const;
    });
    const gradient = new Float64Array(point.length);
    gradient.set(slope.dataSync());
    gradient.set(biasSlope.dataSync(), width * classes);
    const found = { value: value.dataSync()[0]!, gradient };
    tf.dispose([value, slope, biasSlope]);
    return found;
  };
  // Below these the sums in float32 are rounding.
  const limits = { mostSteps: 1000, smallestGradient: 1e-6, smallestFall: 1e-7 };
  const lowest = Float32Array.from(minimise(at, new Float64Array((width + 1) * classes), limits));
  tf.dispose([x, y, shares]);
  const [weights, bias] = [lowest.subarray(0, width * classes), lowest.subarray(width * classes)];
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
