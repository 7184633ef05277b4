import * as tf from "@tensorflow/tfjs";
import { createFusedConvolution } from "../kernels/fused-convolution.js";
import { valuesOf } from "../kernels/values-of.js";
import { foldNorm } from "./fold-norm.js";
import { inputsOf, inputsOfLayer } from "./layer-graph.js";
import { FusedBatchNorm, Rectifier } from "./layers.js";
import { isPlainConvolution, settingsOf } from "./plain-convolution.js";
import { plainHeadOf } from "./plain-head.js";

/** A model's forward pass outside of training, laid out once for all the answers that it is to give. */
export interface InferencePlan {
  /** The model's output for its input, [batch, classes] as numbers. */
  run(x: tf.Tensor): Float32Array;
  /** Frees the folded weights; the model's own are untouched. */
  dispose(): void;
}

/**
 * What `model.apply(x, { training: false })` computes, equal up to rounding and with fewer passes over memory: batch
 * normalisation behind a convolution is folded into its kernel and bias (its statistics are constants by now), and the
 * sum with a shortcut and the rectifier behind it are computed with the convolution; a head of small layers is computed
 * in JavaScript. The other layers compute as they are, one after the other, without the bookkeeping of `apply`.
 *
 * The weights are those of this moment: a model that is trained on needs another plan. For models of one input and one
 * output.
 */
export function prepareInference(model: tf.LayersModel): InferencePlan {
  const plan = new Planner(model);
  const head = plainHeadOf(model);
  const output = plan.place(head?.input ?? model.outputs[0]!);
  const { steps, folded } = plan;
  return {
    run(x) {
      const numbers = valuesOf(() => {
        const values: tf.Tensor[] = [x];
        for (const { inputs, compute } of steps) values.push(compute(inputs.map((place) => values[place]!)));
        return values[output]!;
      });
      return head?.compute(numbers, x.shape[0]!) ?? numbers;
    },
    dispose: () => void tf.dispose(folded),
  };
}

/** One step: what it reads by place (0 is the model's input, 1 the first step's result), and how it computes. */
interface Step {
  readonly inputs: readonly number[];
  readonly compute: (inputs: tf.Tensor[]) => tf.Tensor;
}

/** A convolution and what is computed with it; null stands for what is not there. */
interface Chain {
  readonly convolution: tf.layers.Layer;
  readonly x: tf.SymbolicTensor;
  readonly norm: FusedBatchNorm | null;
  readonly addend: tf.SymbolicTensor | null;
  readonly rectifies: boolean;
}

class Planner {
  readonly steps: Step[] = [];
  readonly folded: tf.Tensor[] = [];
  private readonly places = new Map<number, number>();
  private readonly uses = new Map<number, number>();

  constructor(model: tf.LayersModel) {
    this.places.set(model.inputs[0]!.id, 0);
    for (const tensor of [...model.layers.flatMap(inputsOfLayer), ...model.outputs]) {
      this.uses.set(tensor.id, (this.uses.get(tensor.id) ?? 0) + 1);
    }
  }

  /** Where the tensor's value stands when all steps so far are done; adds the steps that are missing. */
  place(tensor: tf.SymbolicTensor): number {
    const known = this.places.get(tensor.id);
    if (known !== undefined) return known;
    const chain = this.chainTo(tensor);
    const step = chain === null ? this.stepOf(tensor) : this.stepOfChain(chain);
    const place = this.steps.push(step); // the model's input is place 0
    this.places.set(tensor.id, place);
    return place;
  }

  private stepOf(tensor: tf.SymbolicTensor): Step {
    const layer = tensor.sourceLayer;
    const inputs = inputsOf(tensor).map((input) => this.place(input));
    return { inputs, compute: (given) => layer.call(given, { training: false }) as tf.Tensor };
  }

  private stepOfChain({ convolution, x, norm, addend, rectifies }: Chain): Step {
    const { kernel, bias } = foldNorm(convolution, norm);
    this.folded.push(kernel, bias);
    const { strides, padding } = settingsOf(convolution);
    const convolve = createFusedConvolution(kernel, bias, { strides, pad: padding, rectifies });
    const inputs = (addend === null ? [x] : [x, addend]).map((input) => this.place(input));
    return {
      inputs,
      compute: ([given, other]) => convolve(given as tf.Tensor4D, other as tf.Tensor4D | undefined),
    };
  }

  /** The convolution whose chain ends in this tensor, if there is one: convolution, norm, sum, rectifier. */
  private chainTo(tensor: tf.SymbolicTensor): Chain | null {
    if (isPlainConvolution(tensor.sourceLayer)) return null; // alone it computes as it is
    if (!(tensor.sourceLayer instanceof Rectifier)) return this.sumTo(tensor);
    const chain = this.sumTo(this.onlyUse(inputsOf(tensor)[0]!));
    return chain && { ...chain, rectifies: true };
  }

  private sumTo(tensor: tf.SymbolicTensor | null): Chain | null {
    if (tensor?.sourceLayer.getClassName() !== "Add") return this.normTo(tensor);
    const [first, second, ...others] = inputsOf(tensor);
    if (others.length > 0) return null;
    for (const [branch, addend] of [
      [first!, second!],
      [second!, first!],
    ] as const) {
      const chain = this.normTo(this.onlyUse(branch));
      if (chain !== null && !chain.rectifies) return { ...chain, addend };
    }
    return null;
  }

  private normTo(tensor: tf.SymbolicTensor | null): Chain | null {
    if (!(tensor?.sourceLayer instanceof FusedBatchNorm)) return convolutionTo(tensor);
    const norm = tensor.sourceLayer;
    const chain = convolutionTo(this.onlyUse(inputsOf(tensor)[0]!));
    return chain && { ...chain, norm, rectifies: norm.getConfig().rectifies === true };
  }

  /** The tensor, if one layer alone reads it. */
  private onlyUse(tensor: tf.SymbolicTensor): tf.SymbolicTensor | null {
    return this.uses.get(tensor.id) === 1 ? tensor : null;
  }
}

function convolutionTo(tensor: tf.SymbolicTensor | null): Chain | null {
  const layer = tensor?.sourceLayer;
  if (layer === undefined || !isPlainConvolution(layer)) return null;
  return { convolution: layer, x: inputsOf(tensor!)[0]!, norm: null, addend: null, rectifies: false };
}
