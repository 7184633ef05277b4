/**
 * Voice activity: where somebody speaks.
 *
 * Silero VAD 6 (Silero Team 2025, https://github.com/snakers4/silero-vad, MIT), the 16 kHz network of 244 thousand
 * weights: the spectrum of 32 ms, four convolutions, one recurrent cell that remembers what was heard before, and the
 * probability that somebody speaks. It is computed here, by WebAssembly in a hundredth of the sound's own time or
 * less, so that Node and a page hear the same without another runtime. Needs neither TensorFlow nor Node.
 */

import { LabError } from "../core/errors.js";
import type { NamedArray } from "../core/safetensors.js";
import { createFourier } from "../features/fourier.js";
import { hannWindow } from "../features/short-time.js";
import { type AddProducts, rowProducts } from "./row-products.js";

/** Samples at 16 kHz of one probability: 32 ms. */
export const chunkSamples = 512;

/** Listens to one sound from its beginning on, chunk by chunk. */
export interface VoiceListener {
  /** The probability that somebody speaks in the next 32 ms, 0 to 1. Throws LabError for another number of samples. */
  hear(chunk: Float32Array): number;
}

/** The network with its weights; one serves any number of sounds at once. */
export interface VoiceActivity {
  /** A listener for a sound that begins now. */
  listen(): VoiceListener;
}

/** What goes before a chunk: the end of the one before it. */
const contextSamples = 64;
const windowLength = 256;
const hopLength = 128;
const frames = 4;
const bins = windowLength / 2 + 1;
const units = 128;

/**
 * The network from the arrays of silero-vad-16k.safetensors. Throws LabError when one is missing or has another shape.
 */
export function createVoiceActivity(arrays: readonly NamedArray[]): VoiceActivity {
  const weights = (name: string, ...shape: number[]): Float32Array => {
    const array = arrays.find((one) => one.name === name);
    if (array?.shape.join() !== shape.join()) {
      throw new LabError(
        `The voice-activity network has no ${name} of ${shape.join(" × ")} weights.`,
        "Restore models/voice-activity/.",
      );
    }
    return array.values;
  };
  const convolution = (name: string, outputs: number, inputs: number): Convolution => ({
    addProducts: rowProducts(tapsFirst(weights(`${name}.weight`, outputs, inputs, 3), inputs), 3 * inputs),
    bias: weights(`${name}.bias`, outputs),
    inputs,
  });
  const layers = [
    convolution("conv1", 128, bins),
    convolution("conv2", 64, 128),
    convolution("conv3", 64, 64),
    convolution("conv4", 128, 64),
  ] as const;
  const cell: Cell = {
    addFromInput: rowProducts(weights("lstm_cell.weight_ih", 4 * units, units), units),
    addFromOutput: rowProducts(weights("lstm_cell.weight_hh", 4 * units, units), units),
    bias: weights("lstm_cell.bias_ih", 4 * units).map(
      (value, i) => value + weights("lstm_cell.bias_hh", 4 * units)[i]!,
    ),
  };
  const decide = weights("final_conv.weight", 1, units, 1);
  const decideBias = weights("final_conv.bias", 1)[0]!;

  return {
    listen() {
      const sound = new Float32Array(contextSamples + chunkSamples + contextSamples);
      const output = new Float32Array(units);
      const memory = new Float32Array(units);
      return {
        hear(chunk) {
          if (chunk.length !== chunkSamples) {
            throw new LabError(
              `A chunk of ${chunk.length} samples was given to the voice-activity network.`,
              `Give ${chunkSamples} samples at 16 kHz at a time; fill up the last ones with zeros.`,
            );
          }
          sound.copyWithin(0, chunkSamples, chunkSamples + contextSamples);
          sound.set(chunk, contextSamples);
          mirrorEnd(sound);
          let x = convolve(magnitudes(sound), layers[0], 1); // [4, 128]
          x = convolve(x, layers[1], 2); // [2, 64]
          x = convolve(x, layers[2], 2); // [1, 64]
          x = convolve(x, layers[3], 1); // [1, 128]
          stepCell(x, cell, output, memory);
          let logit = decideBias;
          for (let i = 0; i < units; i++) logit += decide[i]! * Math.max(0, output[i]!);
          return sigmoid(logit);
        },
      };
    },
  };
}

/**
 * The probability of speech in each 32 ms of a sound at 16 kHz whose samples are divided by `peak`; the last chunk is filled
 * up with zeros.
 */
export function speechProbabilities(activity: VoiceActivity, samples: Float32Array, peak = 1): Float32Array {
  const listener = activity.listen();
  const chunk = new Float32Array(chunkSamples); // scaled here: a scaled copy of two hours takes another 460 MB
  return Float32Array.from({ length: Math.ceil(samples.length / chunkSamples) }, (_, i) => {
    const start = i * chunkSamples;
    for (let k = 0; k < chunkSamples; k++) chunk[k] = (samples[start + k] ?? 0) / peak;
    return listener.hear(chunk);
  });
}

/** The spectrum's type of window and transform are fixed: the published kernels are a Hann-windowed Fourier transform. */
const fourier = createFourier(windowLength);
const hann = hannWindow(windowLength);
const spectrum = new Float64Array(2 * windowLength);

/** Fills what is behind the chunk with its end mirrored. */
function mirrorEnd(sound: Float32Array): void {
  const last = contextSamples + chunkSamples - 1;
  for (let i = 1; i <= contextSamples; i++) sound[last + i] = sound[last - i]!;
}

/** The amplitude spectrum of 256 samples every 128, [4, 129]; two frames go through one complex transform. */
function magnitudes(sound: Float32Array): Float32Array {
  const found = new Float32Array(frames * bins);
  for (let frame = 0; frame < frames; frame += 2) {
    const start = frame * hopLength;
    fourier.transformFrames(spectrum, sound, start, start + hopLength, hann);
    for (let k = 0; k < bins; k++) {
      const mirrored = 2 * ((windowLength - k) % windowLength);
      const [a, b] = [spectrum[2 * k]!, spectrum[2 * k + 1]!];
      const [c, d] = [spectrum[mirrored]!, spectrum[mirrored + 1]!];
      found[frame * bins + k] = 0.5 * Math.sqrt((a + c) ** 2 + (b - d) ** 2);
      found[(frame + 1) * bins + k] = 0.5 * Math.sqrt((b + d) ** 2 + (a - c) ** 2);
    }
  }
  return found;
}

interface Convolution {
  /** With the kernel as [outputs, 3 × inputs], so that three neighbouring frames are one row. */
  readonly addProducts: AddProducts;
  readonly bias: Float32Array;
  readonly inputs: number;
}

/** [outputs, inputs, 3] → [outputs, 3, inputs]. */
function tapsFirst(kernel: Float32Array, inputs: number): Float32Array {
  return kernel.map((_, at) => {
    const [row, inRow] = [Math.floor(at / (3 * inputs)), at % (3 * inputs)];
    return kernel[row * 3 * inputs + (inRow % inputs) * 3 + Math.floor(inRow / inputs)]!;
  });
}

/** A convolution over three frames, one frame of zeros at each end, with its rectifier: [frames, inputs] → [.., outputs]. */
function convolve(x: Float32Array, { addProducts, bias, inputs }: Convolution, stride: number): Float32Array {
  const length = x.length / inputs;
  const steps = Math.floor((length - 1) / stride) + 1;
  const outputs = bias.length;
  const y = new Float32Array(steps * outputs);
  for (let step = 0; step < steps; step++) {
    const first = Math.max(0, step * stride - 1);
    const end = Math.min(length, step * stride + 2);
    const column = (first - (step * stride - 1)) * inputs;
    y.set(bias, step * outputs);
    const stretch = { column, start: first * inputs, length: (end - first) * inputs };
    addProducts(x, stretch, y, step * outputs);
  }
  for (let i = 0; i < y.length; i++) y[i] = Math.max(0, y[i]!);
  return y;
}

interface Cell {
  /** With [4 × units, units]: input, forget, candidate and output gates, PyTorch's order. */
  readonly addFromInput: AddProducts;
  readonly addFromOutput: AddProducts;
  readonly bias: Float32Array;
}

const whole = { column: 0, start: 0, length: units };

/** One step of a long short-term memory (Hochreiter and Schmidhuber 1997): `output` and `memory` become the next ones. */
function stepCell(x: Float32Array, cell: Cell, output: Float32Array, memory: Float32Array): void {
  const gates = Float32Array.from(cell.bias);
  cell.addFromInput(x, whole, gates, 0);
  cell.addFromOutput(output, whole, gates, 0);
  for (let i = 0; i < units; i++) {
    const kept = sigmoid(gates[units + i]!) * memory[i]!;
    memory[i] = kept + sigmoid(gates[i]!) * Math.tanh(gates[2 * units + i]!);
    output[i] = sigmoid(gates[3 * units + i]!) * Math.tanh(memory[i]!);
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
