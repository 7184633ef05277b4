// What is measured: one training step of each network, at the shapes that docs/kernels.md states.

/**
 * @typedef {object} TrainingTask
 * @property {string} name
 * @property {string} model the architecture in src/models/registry.ts
 * @property {Record<string, unknown>} options its options; what is absent keeps its default
 * @property {{ frames: number, bands: number, classes: number }} shape
 * @property {number} batch
 * @property {readonly Precision[]} precisions
 * @property {string} twin the module in networks/ with the same network in PyTorch; `<twin>_keras` is Keras'
 * @property {readonly Layout[]} layouts how PyTorch's tensors lie in memory: each is measured, the faster counts
 * @property {Partial<Record<"stock" | "keras", string>>} missing sides that cannot take part, and why
 */
/** @typedef {"float32" | "bf16"} Precision */
/** @typedef {"contiguous" | "channels_last"} Layout */

const mel = { frames: 188, bands: 64, classes: 8 };

/** @type {readonly Layout[]} */
const bothLayouts = ["contiguous", "channels_last"];

/**
 * A network of 2-D convolutions on the log-mel spectrogram.
 * @param {string} name @param {string} twin @param {Record<string, unknown>} options @returns {TrainingTask}
 */
const convolutional = (name, twin, options) => ({
  name,
  model: name,
  options,
  shape: mel,
  batch: 32,
  precisions: ["float32", "bf16"],
  twin,
  layouts: bothLayouts,
  missing: {},
});

/**
 * Two bidirectional layers of 64. TensorFlow has no recurrent kernel for bf16, and nothing to lay out for PyTorch.
 * @param {number} batch @returns {TrainingTask}
 */
const recurrent = (batch) => ({
  name: `lstm-${batch}`,
  model: "lstm",
  options: { units: [64, 64], dropout: 0 }, // every side would draw dropout of its own: losses could not be compared
  shape: mel,
  batch,
  precisions: ["float32"],
  twin: "recurrent",
  layouts: ["contiguous"],
  missing: {},
});

/**
 * A network on 3 s of samples.
 * @param {string} name @returns {TrainingTask}
 */
const onWaveform = (name) => ({
  name,
  model: name,
  options: {},
  shape: { frames: 48_000, bands: 1, classes: 8 },
  batch: 32,
  precisions: ["float32", "bf16"],
  twin: "waveform",
  layouts: ["contiguous"],
  missing: {},
});

/** @type {readonly TrainingTask[]} */
export const trainingTasks = [
  {
    name: "resnet",
    model: "resnet",
    options: { stemStride: 1 },
    shape: mel,
    batch: 32,
    precisions: ["float32", "bf16"],
    twin: "resnet",
    layouts: bothLayouts,
    missing: {},
  },
  convolutional("simple-cnn", "simple_cnn", {}),
  convolutional("resnet-wide", "resnet", { channels: [48, 96, 192], headUnits: 192 }),
  convolutional("densenet", "densenet", {}),
  recurrent(32),
  recurrent(128),
  {
    name: "transformer",
    model: "transformer",
    options: {},
    shape: mel,
    batch: 32,
    precisions: ["float32", "bf16"],
    twin: "attention",
    layouts: ["contiguous"],
    missing: {},
  },
  {
    name: "whisper",
    model: "whisper",
    options: { size: "base", tunedBlocks: 3 },
    shape: { frames: 115, bands: 512, classes: 8 },
    batch: 32,
    precisions: ["float32", "bf16"],
    twin: "attention",
    layouts: ["contiguous"],
    missing: {},
  },
  onWaveform("simple-cnn-audio"),
  onWaveform("wav2vec2"),
];
