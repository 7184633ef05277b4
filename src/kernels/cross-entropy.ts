import * as tf from "@tensorflow/tfjs";
import { checkNotEmpty, checkRank, checkShape, checkType } from "./check-arguments.js";
import { attribute, hasRawKernels, runKernel } from "./raw.js";

/**
 * Mean cross-entropy of soft labels against logits, in nats. logits, labels: [batch, classes]. A row of labels that
 * sums to w instead of 1 weighs w (class weights). One SoftmaxCrossEntropyWithLogits kernel gives value and
 * gradient under TensorFlow, plain tfjs elsewhere.
 * Throws for a wrong rank or type, an empty batch, or labels of another shape than logits.
 */
export function softCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Scalar {
  checkRank("softCrossEntropy", "logits", logits, ["batch", "classes"]);
  checkType("softCrossEntropy", "logits", logits);
  checkNotEmpty("softCrossEntropy", "logits", logits);
  checkType("softCrossEntropy", "labels", labels);
  checkShape("softCrossEntropy", "labels", labels, logits.shape, "the shape of logits");
  if (!hasRawKernels())
    return tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), -1))) as tf.Scalar;
  const loss = tf.customGrad((input, save) => {
    const weights = tf.sum(labels, 1, true); // [batch, 1]
    const distribution = tf.div(labels, weights); // the kernel's gradient holds for rows that sum to 1
    const inputs = [input as tf.Tensor, distribution];
    const [losses, gradient] = runKernel("SoftmaxCrossEntropyWithLogits", [attribute.type("T")], inputs, 2);
    (save as tf.GradSaveFunc)([tf.mul(gradient!, weights)]); // [batch, classes]
    return {
      value: tf.mean(tf.mul(losses!, tf.squeeze(weights, [1]))),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0]!, tf.div(dy, logits.shape[0])),
    };
  });
  return loss(logits) as tf.Scalar;
}
