import * as tf from "@tensorflow/tfjs";
import { likeliestEmotion } from "../corpora/emotions.js";
import type { Prediction } from "../evaluation/prediction.js";
import { assembleBatch, toModelInput } from "./batches.js";
import { DivergedError } from "./diverged-error.js";
import type { Example } from "./example.js";

/** Clips of one forward pass: large enough for two cores, small enough for memory. */
const batchSize = 64;

/** The model's prediction for every example, in order. Throws DivergedError if the network gives what is no number. */
export async function predictExamples(
  model: tf.LayersModel,
  examples: readonly Example[],
  frames: number,
): Promise<Prediction[]> {
  const predictions: Prediction[] = [];
  for (let start = 0; start < examples.length; start += batchSize) {
    const part = examples.slice(start, start + batchSize);
    const values = assembleBatch(
      part.map((example) => example.features),
      frames,
    );
    const probabilities = tf.tidy(() => {
      const input = toModelInput(model, values, part.length);
      return tf.softmax(model.apply(input, { training: false }) as tf.Tensor2D).arraySync() as number[][];
    });
    part.forEach(({ clip }, row) => void predictions.push(toPrediction(clip, probabilities[row]!)));
    await new Promise(setImmediate); // lets a stop button through
  }
  return predictions;
}

function toPrediction(clip: Example["clip"], probabilities: readonly number[]): Prediction {
  if (probabilities.some((p) => !Number.isFinite(p))) {
    throw new DivergedError(
      `The network gives no number for ${clip.id}: its weights have diverged.`,
      "Lower training.learningRate.",
    );
  }
  const predicted = likeliestEmotion(probabilities);
  return {
    clip: clip.id,
    corpus: clip.corpus,
    speaker: clip.speaker,
    emotion: clip.emotion,
    predicted,
    probabilities,
  };
}
