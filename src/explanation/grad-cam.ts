import * as tf from "@tensorflow/tfjs";
import { valuesOf } from "../kernels/values-of.js";
import { inputsOf } from "../models/layer-graph.js";

/** How much each place of a network's last feature maps speaks for a class, [height × width], 0 or more, row by row. */
export interface ClassMap {
  readonly values: Float32Array;
  /** Places along the input's frames and along its bands. */
  readonly height: number;
  readonly width: number;
}

/** Explains one input, [frames × bands] row by row, for one class. */
export type GradCam = (input: Float32Array, classIndex: number) => ClassMap;

/**
 * What a convolutional network listens to, from one forward pass and the gradient of its head alone: the last feature
 * maps, each weighted by the mean of the class' gradient over it, their sum rectified (Selvaraju et al. 2017, equations
 * 1 and 2). Null for a network without feature maps. For models of one input [batch, frames, bands, 1] and one output.
 */
export function openGradCam(model: tf.LayersModel): GradCam | null {
  const maps = lastMaps(model);
  if (maps === null) return null;
  const body = tf.model({ inputs: model.inputs, outputs: maps });
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  const [, height, width] = maps.shape as [null, number, number, number];
  return (input, classIndex) => {
    const values = valuesOf(() => {
      const activations = body.apply(tf.tensor(input, [1, ...shape]), { training: false }) as tf.Tensor4D;
      const logit = (x: tf.Tensor): tf.Tensor =>
        tf.sum(tf.slice(compute(model.outputs[0]!, maps, x), [0, classIndex], [-1, 1]));
      const gradient = tf.grad(logit)(activations); // [1, height, width, maps]
      const weights = tf.mean(gradient, [1, 2], true); // [1, 1, 1, maps]
      return tf.relu(tf.sum(tf.mul(activations, weights), 3));
    });
    return { values, height, width };
  };
}

/** The value of a map at a place from 0 to 1 along both axes, between its cells by straight lines. */
export function valueAt({ values, height, width }: ClassMap, down: number, across: number): number {
  const [row, rowShare] = cellsAround(down, height);
  const [column, columnShare] = cellsAround(across, width);
  const [nextRow, nextColumn] = [Math.min(row + 1, height - 1), Math.min(column + 1, width - 1)];
  const between = (at: number): number =>
    values[at * width + column]! * (1 - columnShare) + values[at * width + nextColumn]! * columnShare;
  return between(row) * (1 - rowShare) + between(nextRow) * rowShare;
}

/** The cell whose centre lies before a place, and the share of the way to the next one's centre. */
function cellsAround(place: number, cells: number): [cell: number, share: number] {
  const at = Math.min(cells - 1, Math.max(0, place * cells - 0.5));
  return [Math.floor(at), at - Math.floor(at)];
}

/** The output of the last layer that gives maps of some height and width; pooled ones are none. */
function lastMaps(model: tf.LayersModel): tf.SymbolicTensor | null {
  const layer = model.layers.findLast(({ outputShape }) => {
    const [, height = 1, width = 1, channels] = outputShape as tf.Shape;
    return channels !== undefined && height! > 1 && width! > 1;
  });
  const isInput = layer === undefined || layer.getClassName() === "InputLayer";
  return isInput ? null : (layer.output as tf.SymbolicTensor);
}

/** What the layers between the maps and `tensor` make of the maps' values. */
function compute(tensor: tf.SymbolicTensor, maps: tf.SymbolicTensor, values: tf.Tensor): tf.Tensor {
  const known = new Map<number, tf.Tensor>([[maps.id, values]]);
  const visit = (wanted: tf.SymbolicTensor): tf.Tensor => {
    const done = known.get(wanted.id);
    if (done !== undefined) return done;
    const result = wanted.sourceLayer.call(inputsOf(wanted).map(visit), { training: false }) as tf.Tensor;
    known.set(wanted.id, result);
    return result;
  };
  return visit(tensor);
}
