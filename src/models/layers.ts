// Every layer of the project's own, and their registration under the names that a stored topology carries.
import * as tf from "@tensorflow/tfjs";
import { AttentivePooling } from "./layers/attentive-pooling.js";
import { BidirectionalLstm } from "./layers/bidirectional-lstm.js";
import { ChannelDropout } from "./layers/channel-dropout.js";
import { FrameMask } from "./layers/frame-mask.js";
import { FrameStatistics } from "./layers/frame-statistics.js";
import { FusedBatchNorm } from "./layers/fused-batch-norm.js";
import { Gelu } from "./layers/gelu.js";
import { GeluConvolution } from "./layers/gelu-convolution.js";
import { LayerMix } from "./layers/layer-mix.js";
import { LayerNorm } from "./layers/layer-norm.js";
import { MaskedAttentivePooling } from "./layers/masked-pooling.js";
import { MaxPooling } from "./layers/max-pooling.js";
import { PositionConvolution } from "./layers/position-convolution.js";
import { Rectifier } from "./layers/rectifier.js";
import { SinusoidalPositions } from "./layers/sinusoidal-positions.js";
import { TransformerBlock } from "./layers/transformer-block.js";
import { WaveFilters } from "./layers/wave-filters.js";
import { WhisperStem } from "./layers/whisper-stem.js";

export {
  AttentivePooling,
  BidirectionalLstm,
  ChannelDropout,
  FrameMask,
  FrameStatistics,
  FusedBatchNorm,
  Gelu,
  GeluConvolution,
  LayerMix,
  LayerNorm,
  MaskedAttentivePooling,
  MaxPooling,
  PositionConvolution,
  Rectifier,
  SinusoidalPositions,
  TransformerBlock,
  WaveFilters,
  WhisperStem,
};

for (const layer of [
  AttentivePooling,
  BidirectionalLstm,
  ChannelDropout,
  FrameMask,
  FrameStatistics,
  FusedBatchNorm,
  Gelu,
  LayerMix,
  GeluConvolution,
  LayerNorm,
  MaskedAttentivePooling,
  MaxPooling,
  PositionConvolution,
  Rectifier,
  SinusoidalPositions,
  TransformerBlock,
  WhisperStem,
  WaveFilters,
]) {
  tf.serialization.registerClass(layer);
}
