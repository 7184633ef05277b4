import * as tf from "@tensorflow/tfjs";
import { hasNativeKernel } from "../core/native-kernels.js";
import { bfloat16Type, floatType } from "./bfloat16-backend.js";
import { checkNotEmpty, checkRank, checkShape, checkType } from "./check-arguments.js";
import { multiply, sumRows } from "./dense.js";
import { toFloat, toHalf } from "./half-precision.js";
import { attribute, hasRawKernels, runKernel } from "./raw.js";

export interface EncoderBlockOptions {
  readonly heads: number;
  /** Added to the variance in both layer norms. */
  readonly epsilon: number;
  /** Whether products compute in bf16; the residual stream, norms and weights are float32 either way. */
  readonly half: boolean;
}

/** The weights of a block, float32, in the order of `TransformerBlock`. */
export interface EncoderBlockWeights {
  readonly attentionScale: tf.Tensor1D;
  readonly attentionOffset: tf.Tensor1D;
  readonly attentionKernel: tf.Tensor2D;
  readonly attentionBias: tf.Tensor1D;
  readonly projectionKernel: tf.Tensor2D;
  readonly projectionBias: tf.Tensor1D;
  readonly hiddenScale: tf.Tensor1D;
  readonly hiddenOffset: tf.Tensor1D;
  readonly hiddenKernel: tf.Tensor2D;
  readonly hiddenBias: tf.Tensor1D;
  readonly outputKernel: tf.Tensor2D;
  readonly outputBias: tf.Tensor1D;
}

/** Numbers in the widest vector register: native/encoder-block.cc works on so many channels at a time. */
const nativeLanes = 16;

/** Whether `encoderBlock` can compute a block of this size: with the addon, for channels that fill its vectors. */
export function hasEncoderBlock(channels: number, heads: number, hiddenUnits: number): boolean {
  return (
    channels % (heads * nativeLanes) === 0 &&
    hiddenUnits % nativeLanes === 0 &&
    hasRawKernels() &&
    hasNativeKernel("AffectlabAddNormRows")
  );
}

/**
 * A transformer encoder's block with the layer norms first and GELU, as one function with a gradient of its own:
 * s = x + attention(norm(x)), y = s + output(gelu(hidden(norm(s)))) (Vaswani et al. 2017, figure 1; Xiong et al. 2020).
 * x [batch, frames, channels], mask [batch, frames] of 1 and 0 or null → x's shape.
 *
 * Between the products of matrices everything is one pass over memory (native/encoder-block.cc, native/attention.cc), and
 * tfjs keeps book of one operation instead of some fifty. Throws for shapes that do not fit, another type than float32,
 * an empty batch, and where `hasEncoderBlock` is false.
 */
export function encoderBlock(
  x: tf.Tensor3D,
  mask: tf.Tensor2D | null,
  weights: EncoderBlockWeights,
  { heads, epsilon, half }: EncoderBlockOptions,
): tf.Tensor3D {
  checkRank("encoderBlock", "x", x, ["batch", "frames", "channels"]);
  checkType("encoderBlock", "x", x);
  checkNotEmpty("encoderBlock", "x", x);
  const [batch, frames, channels] = x.shape;
  if (mask !== null) checkShape("encoderBlock", "mask", mask, [batch, frames], "batch and frames of x");
  const hiddenUnits = weights.hiddenBias.size;
  if (!hasEncoderBlock(channels, heads, hiddenUnits)) {
    throw new Error(
      `encoderBlock: ${channels} channels in ${heads} heads and ${hiddenUnits} hidden units need the addon, and channels of a head and hidden units that are multiples of ${nativeLanes}`,
    );
  }
  const type = attribute.type("T", half ? bfloat16Type : floatType);
  const norm = [type, attribute.float("epsilon", epsilon)];
  const attention = [
    type,
    attribute.integer("frames", frames),
    attribute.integer("heads", heads),
    attribute.float("scale", 1 / Math.sqrt(channels / heads)),
  ];
  const run = (name: string, attributes: typeof norm, inputs: tf.Tensor[], outputs: number) =>
    runKernel(`Affectlab${name}`, attributes, inputs, outputs) as [tf.Tensor, ...tf.Tensor[]];
  const inType = half ? toHalf : <T extends tf.Tensor>(tensor: T): T => tensor;

  const forward = (input: tf.Tensor, w: EncoderBlockWeights) => {
    const rows = tf.reshape(input, [batch * frames, channels]); // as everything below: a row is a frame
    const attentionKernel = inType(w.attentionKernel);
    const projectionKernel = inType(w.projectionKernel);
    const hiddenKernel = inType(w.hiddenKernel);
    const outputKernel = inType(w.outputKernel);
    const valid = mask === null ? tf.zeros([0]) : toFloat(mask);

    const normed = run("NormRows", norm, [rows, w.attentionScale, w.attentionOffset], 3);
    const qkv = multiply(normed[0], attentionKernel); // the kernel adds the bias as it reads
    const attended = run("Attention", attention, [qkv, w.attentionBias, valid], 2);
    const projected = multiply(attended[0], projectionKernel);
    const added = [projected, rows, w.projectionBias, w.hiddenScale, w.hiddenOffset];
    const [sum, ...normedSum] = run("AddNormRows", norm, added, 4) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const hidden = multiply(normedSum[0], hiddenKernel);
    const active = run("BiasGelu", [type], [hidden, w.hiddenBias], 1)[0];
    const output = multiply(active, outputKernel);
    const y = run("AddRows", [type], [output, sum, w.outputBias], 1)[0];
    const kernels = [attentionKernel, projectionKernel, hiddenKernel, outputKernel];
    const vectors = [w.attentionScale, w.attentionBias, w.hiddenScale, w.hiddenBias];
    return {
      y: tf.reshape(y, [batch, frames, channels]),
      saved: [
        ...kernels,
        ...vectors,
        rows,
        valid,
        ...normed,
        qkv,
        ...attended,
        sum,
        ...normedSum,
        hidden,
        active,
      ],
    };
  };

  const backward = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
    const [attentionKernel, projectionKernel, hiddenKernel, outputKernel, ...rest] = saved as Tensors;
    const [attentionScale, attentionBias, hiddenScale, hiddenBias, rows, valid, ...made] = rest as Tensors;
    const [normed, mean, inverse, qkv, attended, statistics, sum, ...later] = made as Tensors;
    const [normedSum, meanOfSum, inverseOfSum, hidden, active] = later as Tensors;

    const dRows = tf.reshape(toFloat(dy), [batch * frames, channels]);
    const [dOutput, dOutputBias] = half ? run("SumRows", [type], [dRows], 2) : [dRows, sumRows(dRows)];
    const dActive = multiply(dOutput, outputKernel, { transposeB: true });
    const [dHidden, dHiddenBias] = run("BiasGeluGrad", [type], [dActive, hidden, hiddenBias], 2);
    const dNormedSum = multiply(dHidden, hiddenKernel, { transposeB: true });
    const throughSum = [dNormedSum, dRows, sum, hiddenScale, meanOfSum, inverseOfSum];
    const [dSum, dSumInType, dHiddenScale, dHiddenOffset, dProjectionBias] = run(
      "NormRowsGrad",
      [type],
      throughSum,
      5,
    );
    const dProjected = half ? dSumInType! : dSum;
    const dAttended = multiply(dProjected, projectionKernel, { transposeB: true });
    const throughAttention = [dAttended, qkv, attended, attentionBias, valid, statistics];
    const [dQkv, dAttentionBias] = run("AttentionGrad", attention, throughAttention, 2);
    const dNormed = multiply(dQkv, attentionKernel, { transposeB: true });
    const throughInput = [dNormed, dSum, rows, attentionScale, mean, inverse];
    const [dx, , dAttentionScale, dAttentionOffset] = run("NormRowsGrad", [type], throughInput, 5);
    const ofKernel = (input: tf.Tensor, gradient: tf.Tensor) =>
      toFloat(multiply(input, gradient, { transposeA: true }));
    return [
      tf.reshape(dx, [batch, frames, channels]),
      dAttentionScale!,
      dAttentionOffset!,
      ofKernel(normed, dQkv),
      dAttentionBias!,
      ofKernel(attended, dProjected),
      dProjectionBias!,
      dHiddenScale!,
      dHiddenOffset!,
      ofKernel(normedSum, dHidden),
      dHiddenBias!,
      ofKernel(active, dOutput!),
      dOutputBias!,
    ];
  };

  const names = Object.keys(weights) as (keyof EncoderBlockWeights)[];
  const block = tf.customGrad((...given) => {
    const save = given.pop() as unknown as tf.GradSaveFunc;
    const [input, ...tensors] = given as [tf.Tensor, ...tf.Tensor[]];
    const { y, saved } = forward(
      input,
      Object.fromEntries(names.map((name, i) => [name, tensors[i]])) as unknown as EncoderBlockWeights,
    );
    save(saved);
    return { value: y, gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) => backward(dy, kept) };
  });
  return block(x, ...names.map((name) => weights[name])) as tf.Tensor3D;
}

/** So many that each named one is there. */
type Tensors = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]];
