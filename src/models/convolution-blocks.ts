// What the convolutional networks are made of: named layers with seeded weights, and their head.
import * as tf from "@tensorflow/tfjs";
import { AttentivePooling, FusedBatchNorm, Rectifier } from "./layers.js";

/** Layers by the name of their kind, counted from 1, each with initial weights of its own. */
export interface ConvolutionBlocks {
  /** A layer's name: `norm_3` is the third that was asked for. */
  name(kind: string): string;
  /** The next layer's initialiser, √(2 / inputs) (He et al. 2015). */
  heNormal(): ReturnType<typeof tf.initializers.heNormal>;
  /** Size × size, without a bias: [batch, height, width, in] → [batch, height / strides, width / strides, filters]. */
  convolution(x: tf.SymbolicTensor, filters: number, size: number, strides: number): tf.SymbolicTensor;
  normalise(x: tf.SymbolicTensor): tf.SymbolicTensor;
  rectify(x: tf.SymbolicTensor): tf.SymbolicTensor;
  /** Both in one layer: one pass over memory less. */
  normaliseAndRectify(x: tf.SymbolicTensor): tf.SymbolicTensor;
  /** From pooled features to logits: [batch, features] → [batch, classes], one hidden dense layer. Asked for once. */
  decide(pooled: tf.SymbolicTensor, headUnits: number, classes: number): tf.SymbolicTensor;
  /**
   * From feature maps to logits: [batch, height, width, depth] → [batch, classes]. The mean over bands, frames pooled
   * by their mean and by attention, one hidden dense layer.
   */
  classify(x: tf.SymbolicTensor, headUnits: number, classes: number): tf.SymbolicTensor;
}

/**
 * The layers of one network. Names are its own, counted from 1: tfjs counts over the whole process, and the same model
 * would give other files. `seed` decides every initial weight.
 */
export function convolutionBlocks(seed: number): ConvolutionBlocks {
  const counts = new Map<string, number>();
  const name = (kind: string): string => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return `${kind}_${count}`;
  };
  let layerSeed = seed * 1000;
  const heNormal = () => tf.initializers.heNormal({ seed: ++layerSeed });

  const convolution: ConvolutionBlocks["convolution"] = (x, filters, size, strides) =>
    tf.layers
      .conv2d({
        name: name("convolution"),
        filters,
        kernelSize: size,
        strides,
        padding: "same",
        useBias: false,
        kernelInitializer: heNormal(),
      })
      .apply(x) as tf.SymbolicTensor;
  const normalise: ConvolutionBlocks["normalise"] = (x) =>
    new FusedBatchNorm({ name: name("norm") }).apply(x) as tf.SymbolicTensor;
  const rectify: ConvolutionBlocks["rectify"] = (x) =>
    new Rectifier({ name: name("rectifier") }).apply(x) as tf.SymbolicTensor;

  const normaliseAndRectify: ConvolutionBlocks["normaliseAndRectify"] = (x) =>
    new FusedBatchNorm({ name: name("norm_rectifier"), rectifies: true }).apply(x) as tf.SymbolicTensor;

  const decide: ConvolutionBlocks["decide"] = (pooled, headUnits, classes) => {
    const hidden = tf.layers
      .dense({ name: "head", units: headUnits, kernelInitializer: heNormal() })
      .apply(pooled) as tf.SymbolicTensor;
    const glorot = tf.initializers.glorotUniform({ seed: ++layerSeed });
    return tf.layers
      .dense({ units: classes, kernelInitializer: glorot, name: "logits" })
      .apply(rectify(hidden)) as tf.SymbolicTensor;
  };

  const classify: ConvolutionBlocks["classify"] = (x, headUnits, classes) => {
    const [, height, width, depth] = x.shape as [null, number, number, number];
    const perFrame = tf.layers
      .averagePooling2d({ name: "band_mean", poolSize: [1, width], strides: [1, width] })
      .apply(x); // [batch, height, 1, depth]
    const sequence = tf.layers.reshape({ name: "frames", targetShape: [height, depth] }).apply(perFrame); // [batch, height, depth]
    const pooled = new AttentivePooling({ name: "pooling" }).apply(sequence); // [batch, 2 × depth]
    return decide(pooled as tf.SymbolicTensor, headUnits, classes);
  };

  return { name, heNormal, convolution, normalise, rectify, normaliseAndRectify, decide, classify };
}
