import type { Predictor } from "../inference/predict.js";
import { carryFrontEnd } from "./carry-front-end.js";
import { carryModel } from "./carry-layers.js";
import { describeSound } from "./describe-sound.js";
import { type Graph, GraphBuilder, type Value } from "./graph.js";
import { placeFrames } from "./place-frames.js";

/** Samples of the sound that an exported model hears: 3 s at 16 kHz. */
export const exportedSamples = 48_000;

/**
 * All that a predictor does to a sound, as one graph: samples at 16 kHz, [1, 48000], to the calibrated probabilities of
 * the card's labels, [1, labels]. Silence at the ends is cut off, features, front end and standardisation are inside: the
 * numbers are those of `predictWaves` for a sound of this length. Throws LabError that names what cannot be carried over.
 */
export function graphOfPredictor({ card, model, frontEnd }: Predictor): Graph {
  const graph = new GraphBuilder("samples", [1, exportedSamples]);
  const described = describeSound(graph, graph.input, card.features);
  const { values, count } = frontEnd === undefined ? described : carryFrontEnd(graph, described, frontEnd);
  const standardised = standardiseFrames(graph, values, card.standardisation);
  const placed = placeFrames(graph, standardised, count, card.frames); // [frames, bands]
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  const logits = carryModel(graph, model, graph.reshape(placed, [1, ...shape]));
  return graph.finish(graph.softmax(graph.multiply(logits, 1 / card.temperature)));
}

function standardiseFrames(
  graph: GraphBuilder,
  values: Value,
  { mean, deviation }: Predictor["card"]["standardisation"],
): Value {
  if (mean.every((value) => value === 0) && deviation.every((value) => value === 1)) return values;
  const scale = deviation.map((value) => 1 / value);
  const centred = graph.subtract(values, graph.constant(mean, [mean.length]));
  return graph.multiply(centred, graph.constant(scale, [scale.length]));
}
