import * as tf from "@tensorflow/tfjs";
import { bidirectionalLstm, type LstmWeights } from "../../kernels/lstm.js";
import type { LayerArguments } from "./only-input.js";
import { checkSequenceAndMask } from "./sequence-and-mask.js";

export interface BidirectionalLstmArguments {
  /** Units of each direction. */
  readonly units: number;
  /** Seeds the initial weights; four numbers from here on are used. */
  readonly seed: number;
}

type Direction = Record<keyof LstmWeights, tf.LayerVariable>;

/**
 * An LSTM in both directions that skips padding: [x [batch, frames, channels], mask [batch, frames] of 1 and 0] →
 * [batch, frames, 2 × units]. The backward direction starts at each clip's last frame; the output's padding frames are
 * to be left out by whoever pools. Weights: kernel, recurrent_kernel and bias of the forward direction, then of the
 * backward one, laid out as in Keras's Bidirectional(LSTM). Forget gates start with a bias of 1 (Jozefowicz et al.
 * 2015). Throws when the shapes do not fit.
 */
export class BidirectionalLstm extends tf.layers.Layer {
  static readonly className = "BidirectionalLstm";
  /** Rounding in each of a hundred frames would add up in the state, and TensorFlow's kernel knows no bf16. */
  static readonly halfPrecision = "none";
  private forwards!: Direction;
  private backwards!: Direction;
  private readonly units: number;
  private readonly seed: number;

  constructor(config: LayerArguments & Partial<BidirectionalLstmArguments> = {}) {
    super(config);
    this.units = config.units ?? 64;
    this.seed = config.seed ?? 0;
    if (!Number.isInteger(this.units) || this.units < 1) {
      throw new Error(`BidirectionalLstm: units is ${this.units}, expected a whole number of at least 1`);
    }
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const channels = checkSequenceAndMask(BidirectionalLstm.className, inputShape)[2];
    this.forwards = this.addDirection("forward", channels, this.seed);
    this.backwards = this.addDirection("backward", channels, this.seed + 2);
    super.build(inputShape);
  }

  private addDirection(name: string, channels: number, seed: number): Direction {
    const { units } = this;
    const glorot = tf.initializers.glorotUniform({ seed });
    const range = 1 / Math.sqrt(units); // PyTorch's; tfjs' orthogonal start takes seconds
    const uniform = tf.initializers.randomUniform({ minval: -range, maxval: range, seed: seed + 1 });
    const direction = {
      kernel: this.addWeight(`${name}_kernel`, [channels, 4 * units], "float32", glorot),
      recurrentKernel: this.addWeight(`${name}_recurrent_kernel`, [units, 4 * units], "float32", uniform),
      bias: this.addWeight(`${name}_bias`, [4 * units], "float32", tf.initializers.zeros()),
    };
    tf.tidy(() => {
      direction.bias.write(tf.concat([tf.zeros([units]), tf.ones([units]), tf.zeros([2 * units])]));
    });
    return direction;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x, mask] = inputs as [tf.Tensor3D, tf.Tensor2D];
      const read = ({ kernel, recurrentKernel, bias }: Direction): LstmWeights => ({
        kernel: kernel.read() as tf.Tensor2D,
        recurrentKernel: recurrentKernel.read() as tf.Tensor2D,
        bias: bias.read() as tf.Tensor1D,
      });
      return bidirectionalLstm(x, mask, read(this.forwards), read(this.backwards));
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch, frames] = checkSequenceAndMask(BidirectionalLstm.className, inputShape);
    return [batch, frames, 2 * this.units];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units, seed: this.seed };
  }
}
