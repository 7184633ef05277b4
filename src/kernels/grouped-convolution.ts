import * as tf from "@tensorflow/tfjs";
import { checkNotEmpty, checkRank, checkShape, checkType } from "./check-arguments.js";
import { isHalf, toFloat, toHalf } from "./half-precision.js";
import { attribute, hasRawKernels, runKernel } from "./raw.js";

/**
 * A convolution along frames whose channels are divided into groups that do not see each other (Krizhevsky et al.
 * 2012), without padding: x [batch, frames, channels], kernel [size, channels / groups, filters] → [batch, frames -
 * size + 1, filters]; the first filters / groups filters read the first channels / groups channels, and so on.
 *
 * tfjs has no grouped convolution; TensorFlow's kernels have (Conv2D and its two gradients take the groups from the
 * kernel's shape). In a browser, and for small groups, each group is convolved by itself. Throws for shapes that do not fit, another type than
 * float32, and an empty x.
 */
export function groupedConvolution(x: tf.Tensor3D, kernel: tf.Tensor3D, groups: number): tf.Tensor3D {
  checkRank("groupedConvolution", "x", x, ["batch", "frames", "channels"]);
  checkRank("groupedConvolution", "kernel", kernel, ["size", "channels / groups", "filters"]);
  for (const [name, tensor] of Object.entries({ x, kernel })) checkType("groupedConvolution", name, tensor);
  checkNotEmpty("groupedConvolution", "x", x);
  const [batch, frames, channels] = x.shape;
  const [size, , filters] = kernel.shape;
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0 || filters % groups !== 0) {
    throw new Error(
      `groupedConvolution: ${channels} channels and ${filters} filters cannot be divided into ${groups} groups`,
    );
  }
  const expected = [size, channels / groups, filters];
  checkShape("groupedConvolution", "kernel", kernel, expected, `the channels of x in ${groups} groups`);
  if (frames < size) {
    throw new Error(`groupedConvolution: x has ${frames} frames, expected at least the kernel's ${size}`);
  }
  const image = tf.reshape(x, [batch, 1, frames, channels]) as tf.Tensor4D;
  const filter = tf.reshape(kernel, [1, ...kernel.shape]) as tf.Tensor4D;
  const isWhole = [channels, filters].every((count) => (count / groups) % wholeGroup === 0);
  const isSafe = isWhole || !isHalf(x);
  const convolve = hasRawKernels() && isWhole ? raw : portable;
  const y = isSafe
    ? convolve(image, filter, groups) // [batch, 1, frames - size + 1, filters]
    : toHalf(convolve(toFloat(image), toFloat(filter), groups));
  return tf.reshape(y, [batch, frames - size + 1, filters]);
}

/**
 * oneDNN (TensorFlow 2.21, AVX-512) gives wrong numbers in bf16 for a kernel of 16 frames on 4, 8 or 12 channels: groups
 * that are not whole registers are convolved in float32, each by itself.
 */
const wholeGroup = 16;

type Convolve = (x: tf.Tensor4D, kernel: tf.Tensor4D, groups: number) => tf.Tensor4D;

const portable: Convolve = (x, kernel, groups) => {
  const kernels = tf.split<tf.Tensor4D>(kernel, groups, 3);
  const parts = tf.split<tf.Tensor4D>(x, groups, 3);
  return tf.concat(
    parts.map((part, group) => tf.conv2d(part, kernels[group]!, 1, "valid")),
    3,
  );
};

const raw: Convolve = (x, kernel) => {
  const attributes = [
    attribute.type("T"),
    attribute.integers("strides", [1, 1, 1, 1]),
    attribute.integers("dilations", [1, 1, 1, 1]),
    attribute.string("padding", "VALID"),
    attribute.string("data_format", "NHWC"),
    attribute.bool("use_cudnn_on_gpu", true),
  ];
  const convolve = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [input, filter] = args as [tf.Tensor, tf.Tensor];
    save([input, filter]);
    const shapeOf = (tensor: tf.Tensor): tf.Tensor => tf.tensor1d(tensor.shape, "int32");
    return {
      value: runKernel("Conv2D", attributes, [input, filter], 1)[0]!,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [image, weights] = saved as [tf.Tensor, tf.Tensor];
        return [
          runKernel("Conv2DBackpropInput", attributes, [shapeOf(image), weights, dy], 1)[0]!,
          runKernel("Conv2DBackpropFilter", attributes, [image, shapeOf(weights), dy], 1)[0]!,
        ];
      },
    };
  });
  return convolve(x, kernel) as tf.Tensor4D;
};
