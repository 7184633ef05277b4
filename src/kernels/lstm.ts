import * as tf from "@tensorflow/tfjs";
import { hasNativeKernel } from "../core/native-kernels.js";
import { checkNotEmpty, checkRank, checkShape, checkType } from "./check-arguments.js";
import { attribute, hasRawKernels, int64Scalar, runKernel } from "./raw.js";

/** Weights of one direction; the four gates' columns stand in Keras's order: input, forget, cell, output. */
export interface LstmWeights {
  /** [channels, 4 × units] */
  readonly kernel: tf.Tensor2D;
  /** [units, 4 × units] */
  readonly recurrentKernel: tf.Tensor2D;
  /** [4 × units] */
  readonly bias: tf.Tensor1D;
}

/** Added to a gate before its sigmoid, which is then 0 or 1. */
const shut = -1e4;
const open = 1e4;

/**
 * Two LSTMs over the same sequence, one from its start and one from its end (Hochreiter and Schmidhuber 1997; Graves
 * and Schmidhuber 2005), their outputs side by side: x [batch, frames, channels], mask [batch, frames] of 1 (recorded)
 * and 0 (padding) → [batch, frames, 2 × units].
 *
 *     i, f, o = σ(…), g = tanh(…) of x·kernel + h·recurrentKernel + bias     c = f c + i g     h = o tanh(c)
 *
 * In a frame of padding the input gate is shut and the forget gate open: the cell stays as it was. So the state is
 * still exactly zero when a clip begins, wherever it lies among the frames, for the backward direction at the clip's
 * last frame; and padding within a clip (a time mask) hands the cell on. What stands in the output's padding frames
 * has no meaning. No gradient flows to the mask.
 *
 * Under TensorFlow one matrix product for the inputs of all frames and both directions, and native/lstm.cc for the rest;
 * where that addon is absent, on a graphics card, or where units are no multiple of 16, one BlockLSTMV2 kernel a
 * direction; plain tfjs elsewhere. Throws for a wrong rank, type or shape and for an empty batch.
 */
export function bidirectionalLstm(
  x: tf.Tensor3D,
  mask: tf.Tensor2D,
  forward: LstmWeights,
  backward: LstmWeights,
): tf.Tensor3D {
  checkArguments(x, mask, { forward, backward });
  if (hasNative(forward.recurrentKernel.shape[0])) return native(x, mask, forward, backward);
  const direction = hasRawKernels() ? blockLstm : portable;
  return tf.tidy(() => {
    const frames = tf.transpose(x, [1, 0, 2]); // [frames, batch, channels]
    const padding = tf.expandDims(tf.transpose(tf.sub(1, mask)), 2) as tf.Tensor3D; // [frames, batch, 1]
    const before = direction(frames, padding, forward);
    const after = tf.reverse(direction(tf.reverse(frames, 0), tf.reverse(padding, 0), backward), 0);
    return tf.transpose(tf.concat([before, after], 2), [1, 0, 2]) as tf.Tensor3D;
  });
}

/** One direction: x [frames, batch, channels], padding [frames, batch, 1] of 0 and 1 → h [frames, batch, units]. */
type Direction = (x: tf.Tensor3D, padding: tf.Tensor3D, weights: LstmWeights) => tf.Tensor3D;

/** What a frame of padding adds to the gates before their sigmoid: [1, 4 × units]. */
function paddingRow(units: number): tf.Tensor2D {
  return tf.concat(
    [tf.fill([1, units], shut), tf.fill([1, units], open), tf.zeros([1, 2 * units])],
    1,
  ) as tf.Tensor2D;
}

const portable: Direction = (x, padding, { kernel, recurrentKernel, bias }) => {
  const [frames, batch, channels] = x.shape;
  const units = recurrentKernel.shape[0];
  const projected = tf.add(tf.matMul(tf.reshape(x, [frames * batch, channels]), kernel), bias);
  const closing = tf.mul(padding, paddingRow(units)); // [frames, batch, 4 × units]
  const inputs = tf.unstack(tf.add(tf.reshape(projected, closing.shape), closing)) as tf.Tensor2D[];
  let h = tf.zeros<tf.Rank.R2>([batch, units]);
  let cell = tf.zeros<tf.Rank.R2>([batch, units]);
  const outputs = inputs.map((input) => {
    const [i, f, g, o] = tf.split(tf.add(input, tf.matMul(h, recurrentKernel)), 4, 1) as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    cell = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    h = tf.mul(tf.sigmoid(o), tf.tanh(cell));
    return h;
  });
  return tf.stack(outputs) as tf.Tensor3D;
};

/** The kernel knows no mask: padding is one more channel of x, whose row of weights shuts and opens the gates. */
const blockLstm: Direction = (x, padding, { kernel, recurrentKernel, bias }) => {
  const units = recurrentKernel.shape[0];
  const channels = tf.concat([x, padding], 2);
  const weights = tf.concat([kernel, paddingRow(units), recurrentKernel], 0);
  const run = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [input, w, b] = args as [tf.Tensor3D, tf.Tensor2D, tf.Tensor1D];
    const [frames, batch] = input.shape;
    const attributes = [attribute.type("T"), attribute.bool("use_peephole", false)];
    const start = tf.zeros([batch, units]);
    const noPeephole = tf.zeros([units]);
    const asked = () => [int64Scalar(frames), input, start, start, w, noPeephole, noPeephole, noPeephole, b];
    // Input gate, cell, forget gate, output gate, cell input, tanh of the cell, h: [frames, batch, units] each.
    const steps = runKernel("BlockLSTMV2", [...attributes, attribute.float("cell_clip", 0)], asked(), 7);
    const h = steps[6]!;
    save([input, w, b, start, noPeephole, ...steps]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x0, w0, b0, start0, none, ...steps0] = saved as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        ...tf.Tensor[],
      ];
      const inputs = [int64Scalar(frames), x0, start0, start0, w0, none, none, none, b0, ...steps0];
      const grads = runKernel("BlockLSTMGradV2", attributes, [...inputs, tf.zerosLike(dy), dy], 8);
      return [grads[0]!, grads[3]!, grads[7]!]; // of x, the weights and the bias
    };
    return { value: h, gradFunc };
  });
  return run(channels, weights, bias) as tf.Tensor3D;
};

const nativeOp = "AffectlabBidirectionalLstm";
const nativeGradient = "AffectlabBidirectionalLstmGrad";
/** Numbers in the widest vector register: native/lstm.cc works on so many units at a time. */
const nativeLanes = 16;

function hasNative(units: number): boolean {
  return units % nativeLanes === 0 && hasRawKernels() && hasNativeKernel(nativeOp);
}

const native: typeof bidirectionalLstm = (x, mask, forward, backward) =>
  tf.tidy(() => {
    const [batch, frames, channels] = x.shape;
    const units = forward.recurrentKernel.shape[0];
    const kernel = tf.concat([forward.kernel, backward.kernel], 1); // [channels, 8 × units]
    const projected = tf.reshape(tf.matMul(tf.reshape(x, [batch * frames, channels]), kernel), [
      batch,
      frames,
      8 * units,
    ]);
    const recurrent = tf.stack([forward.recurrentKernel, backward.recurrentKernel]);
    const bias = tf.concat([forward.bias, backward.bias]);
    const run = tf.customGrad((...args) => {
      const save = args.pop() as unknown as tf.GradSaveFunc;
      const [p, r, b] = args as [tf.Tensor3D, tf.Tensor3D, tf.Tensor1D];
      const [hidden, gates, cell] = runKernel(nativeOp, [], [p, mask, r, b], 3) as [
        tf.Tensor3D,
        tf.Tensor3D,
        tf.Tensor3D,
      ];
      save([gates, cell, hidden, r]);
      return {
        value: hidden,
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => runKernel(nativeGradient, [], [dy, ...saved], 3),
      };
    });
    return run(projected, recurrent, bias) as tf.Tensor3D;
  });

function checkArguments(
  x: tf.Tensor3D,
  mask: tf.Tensor2D,
  directions: Readonly<Record<string, LstmWeights>>,
): void {
  const name = "bidirectionalLstm";
  checkRank(name, "x", x, ["batch", "frames", "channels"]);
  checkType(name, "x", x);
  checkNotEmpty(name, "x", x);
  const [batch, frames, channels] = x.shape;
  checkType(name, "mask", mask);
  checkShape(name, "mask", mask, [batch, frames], "a number for each of x's frames");
  const units = directions.forward!.recurrentKernel.shape[0];
  for (const [direction, { kernel, recurrentKernel, bias }] of Object.entries(directions)) {
    const why = `four gates of ${units} units, as many as the rows of forward.recurrentKernel`;
    checkType(name, `${direction}.kernel`, kernel);
    checkShape(name, `${direction}.kernel`, kernel, [channels, 4 * units], why);
    checkType(name, `${direction}.recurrentKernel`, recurrentKernel);
    checkShape(name, `${direction}.recurrentKernel`, recurrentKernel, [units, 4 * units], why);
    checkType(name, `${direction}.bias`, bias);
    checkShape(name, `${direction}.bias`, bias, [4 * units], why);
  }
}
