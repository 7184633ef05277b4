import type * as tf from "@tensorflow/tfjs";

/** What a Conv2D layer of tfjs is set to. */
export interface ConvolutionSettings {
  readonly kernelSize: readonly [number, number];
  readonly strides: [number, number];
  readonly dilationRate: readonly [number, number];
  readonly padding: "same" | "valid";
  readonly dataFormat: string;
  readonly useBias: boolean;
  readonly activation: string;
}

/** The settings of a Conv2D layer. */
export function settingsOf(convolution: tf.layers.Layer): ConvolutionSettings {
  return convolution.getConfig() as unknown as ConvolutionSettings;
}

/** Whether the layer is a Conv2D of tfjs with nothing but a kernel: no bias, activation or dilation. */
export function isPlainConvolution(layer: tf.layers.Layer): boolean {
  if (layer.getClassName() !== "Conv2D") return false;
  const { useBias, activation, dataFormat, dilationRate, padding } = settingsOf(layer);
  return (
    !useBias &&
    activation === "linear" &&
    dataFormat === "channelsLast" &&
    dilationRate.every((rate) => rate === 1) &&
    (padding === "same" || padding === "valid")
  );
}
