import * as tf from "@tensorflow/tfjs";
import { selfAttention } from "../../kernels/attention.js";
import { dense } from "../../kernels/dense.js";
import { type EncoderBlockWeights, encoderBlock, hasEncoderBlock } from "../../kernels/encoder-block.js";
import { geluRoot, scaledGelu } from "../../kernels/gelu.js";
import { toFloat, toHalf } from "../../kernels/half-precision.js";
import { layerNorm } from "../../kernels/layer-norm.js";
import { relu } from "../../kernels/relu.js";
import type { LayerArguments } from "./only-input.js";

export interface TransformerBlockArguments {
  readonly heads: number;
  /** Units of the feed-forward part's hidden layer. */
  readonly hiddenUnits: number;
  /** Where the two layer norms stand: before each part (Whisper) or after each sum (the paper, wav2vec2-base). */
  readonly norm: "pre" | "post";
  readonly activation: "gelu" | "relu";
  readonly epsilon: number;
  /** Seeds the initial weights. Not stored: a loaded block has weights already. */
  readonly seed: number;
}

const defaults: TransformerBlockArguments = {
  heads: 4,
  hiddenUnits: 256,
  norm: "pre",
  activation: "gelu",
  epsilon: 1e-5,
  seed: 0,
};

/** What products are computed in: nothing, or bf16 in a training step of half precision. */
type Cast = <T extends tf.Tensor>(tensor: T) => T;

/**
 * A transformer encoder's block: self-attention and a feed-forward part, each with a residual and a layer norm (Vaswani
 * et al. 2017, figure 1). x [batch, frames, channels], alone or with mask [batch, frames] of 1 and 0 (`FrameMask`) →
 * x's shape. Without dropout. Throws when the shapes do not fit.
 *
 * Weights in this order: attention_norm gamma, beta [channels]; attention kernel [channels, 3 × channels] and bias,
 * queries, keys, values side by side; projection kernel [channels, channels] and bias; hidden_norm gamma, beta; hidden
 * kernel [channels, hiddenUnits] and bias; output kernel [hiddenUnits, channels] and bias. (The bias of the keys shifts
 * all scores of a query alike: it never changes a result, and its gradient is 0.)
 */
export class TransformerBlock extends tf.layers.Layer {
  static readonly className = "TransformerBlock";
  /** Products compute in bf16; the residual stream and the norms stay float32, as under PyTorch's autocast. */
  static readonly halfPrecision = "own";
  private readonly options: TransformerBlockArguments;
  private readonly weight = new Map<string, tf.LayerVariable>();

  constructor(config: LayerArguments & Partial<TransformerBlockArguments> = {}) {
    super(config);
    const given = Object.entries(config).filter(([name]) => name in defaults);
    this.options = { ...defaults, ...Object.fromEntries(given) };
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const channels = checkShapes(inputShape, this.options.heads)[2];
    const { hiddenUnits } = this.options;
    let seed = 1000 * this.options.seed;
    const add = (
      name: string,
      shape: tf.Shape,
      initializer: ReturnType<typeof tf.initializers.zeros>,
    ): void => {
      this.weight.set(name, this.addWeight(name, shape, "float32", initializer));
    };
    const addNorm = (name: string): void => {
      add(`${name}_gamma`, [channels], tf.initializers.ones());
      add(`${name}_beta`, [channels], tf.initializers.zeros());
    };
    const addDense = (name: string, inputs: number, units: number): void => {
      add(`${name}_kernel`, [inputs, units], tf.initializers.glorotUniform({ seed: ++seed }));
      add(`${name}_bias`, [units], tf.initializers.zeros());
    };
    addNorm("attention_norm");
    addDense("attention", channels, 3 * channels);
    addDense("projection", channels, channels);
    addNorm("hidden_norm");
    addDense("hidden", channels, hiddenUnits);
    addDense("output", hiddenUnits, channels);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { half?: boolean } = {}): tf.Tensor {
    return tf.tidy(() => {
      const [given, mask = null] = (Array.isArray(inputs) ? inputs : [inputs]) as [tf.Tensor3D, tf.Tensor2D?];
      const cast: Cast = kwargs.half === true ? toHalf : (tensor) => tensor;
      const x = toFloat(given);
      if (this.isFused(x.shape[2])) return this.runFused(x, mask, kwargs.half === true);
      if (this.options.norm === "pre") {
        const attended: tf.Tensor3D = tf.add(x, this.attend(this.normalise(x, "attention_norm"), mask, cast));
        return tf.add(attended, this.feedForward(this.normalise(attended, "hidden_norm"), cast));
      }
      const attended = this.normalise(tf.add(x, this.attend(x, mask, cast)), "attention_norm");
      return this.normalise(tf.add(attended, this.feedForward(attended, cast)), "hidden_norm");
    });
  }

  /** Whether the whole block is one function, with the same numbers up to rounding. */
  private isFused(channels: number): boolean {
    const { norm, activation, heads, hiddenUnits } = this.options;
    return norm === "pre" && activation === "gelu" && hasEncoderBlock(channels, heads, hiddenUnits);
  }

  private runFused(x: tf.Tensor3D, mask: tf.Tensor2D | null, half: boolean): tf.Tensor3D {
    const { heads, epsilon } = this.options;
    const weights: EncoderBlockWeights = {
      attentionScale: this.read("attention_norm_gamma"),
      attentionOffset: this.read("attention_norm_beta"),
      attentionKernel: this.read("attention_kernel"),
      attentionBias: this.read("attention_bias"),
      projectionKernel: this.read("projection_kernel"),
      projectionBias: this.read("projection_bias"),
      hiddenScale: this.read("hidden_norm_gamma"),
      hiddenOffset: this.read("hidden_norm_beta"),
      hiddenKernel: this.read("hidden_kernel"),
      hiddenBias: this.read("hidden_bias"),
      outputKernel: this.read("output_kernel"),
      outputBias: this.read("output_bias"),
    };
    return encoderBlock(x, mask, weights, { heads, epsilon, half });
  }

  private attend(x: tf.Tensor3D, mask: tf.Tensor2D | null, cast: Cast): tf.Tensor3D {
    const { heads } = this.options;
    const channels = x.shape[2];
    const kernel = this.read<tf.Tensor2D>("attention_kernel");
    const qkv = dense(cast(x), cast(kernel), cast(this.read<tf.Tensor1D>("attention_bias")));
    const attended = selfAttention(qkv, heads, mask, 1 / Math.sqrt(channels / heads));
    return toFloat(dense(attended, cast(this.read("projection_kernel")), cast(this.read("projection_bias"))));
  }

  private feedForward(x: tf.Tensor3D, cast: Cast): tf.Tensor3D {
    const isGelu = this.options.activation === "gelu";
    // GELU's two constants go into the weights on its sides, which are smaller than the frames' hidden units.
    const fold = <T extends tf.Tensor>(weight: T): T => cast(isGelu ? tf.mul(weight, geluRoot) : weight);
    const hiddenKernel = fold(this.read<tf.Tensor2D>("hidden_kernel"));
    const hidden = dense(cast(x), hiddenKernel, fold(this.read<tf.Tensor1D>("hidden_bias")));
    const active = isGelu ? scaledGelu(hidden) : relu(hidden);
    const outputKernel = fold(this.read<tf.Tensor2D>("output_kernel"));
    return toFloat(dense(active, outputKernel, cast(this.read("output_bias"))));
  }

  private normalise(x: tf.Tensor3D, name: string): tf.Tensor3D {
    return layerNorm(x, this.read(`${name}_gamma`), this.read(`${name}_beta`), this.options.epsilon);
  }

  private read<T extends tf.Tensor>(name: string): T {
    return this.weight.get(name)!.read() as T;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return checkShapes(inputShape, this.options.heads);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { seed: _seed, ...options } = this.options;
    return { ...super.getConfig(), ...options };
  }
}

function checkShapes(shapes: tf.Shape | tf.Shape[], heads: number): [number | null, number | null, number] {
  const [x, mask] = (Array.isArray(shapes[0]) ? shapes : [shapes]) as [tf.Shape, tf.Shape?];
  const fits = x.length === 3 && (mask === undefined || (mask.length === 2 && mask[1] === x[1]));
  if (!fits) {
    throw new Error(
      `TransformerBlock: the inputs are [${x}] and [${mask ?? "none"}], expected [batch, frames, channels] and, with a mask, [batch, frames]`,
    );
  }
  if (!Number.isInteger(heads) || heads < 1 || x[2]! % heads !== 0) {
    throw new Error(`TransformerBlock: ${x[2]} channels cannot be divided among ${heads} heads`);
  }
  return x as [number | null, number | null, number];
}
