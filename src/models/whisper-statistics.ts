import * as tf from "@tensorflow/tfjs";
import { FrameStatistics } from "./layers.js";
import type { FrontEnd } from "./pretrained.js";
import { buildWhisperEncoder, putWhisperWeights, whisperSizes } from "./whisper.js";

/** The upper blocks tell most of how something is said (measured on validation; facts of three blocks fit a linear model). */
const describedBlocks = 3;

/**
 * Whisper's encoder, frozen, as a front end that describes a clip in one vector: Whisper's log-mel [batch, frames, 80] to
 * the mean and the deviation over frames of the outputs of its three upper blocks, [batch, 2, 3 × channels]. What a linear
 * model on it reaches is what tuning has to beat.
 */
export function whisperStatistics(size: string): FrontEnd {
  const encoder = whisperSizes[size]!;
  const first = Math.max(1, encoder.blocks - describedBlocks + 1);
  const numbers = Array.from({ length: encoder.blocks - first + 1 }, (_, i) => first + i);
  return {
    file: encoder.file,
    frontEnd: `whisper-${size}-statistics-${first}-${encoder.blocks}`,
    channels: numbers.length * encoder.channels,
    buildFrontEnd(weights) {
      const whole = buildWhisperEncoder(encoder, encoder.blocks);
      if (weights !== null) putWhisperWeights(whole, weights);
      const outputs = numbers.map((number) => whole.getLayer(`block_${number}`).output as tf.SymbolicTensor);
      const statistics = new FrameStatistics({ name: "statistics" }).apply(outputs) as tf.SymbolicTensor;
      const model = tf.model({ inputs: whole.inputs, outputs: statistics, name: "whisper_statistics" });
      model.trainable = false;
      return model;
    },
  };
}
