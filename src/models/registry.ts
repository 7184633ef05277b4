import type * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
import { buildDenseNet, denseNetDefaults, optimisedDenseNet } from "./densenet.js";
import { buildLstm, lstmDefaults } from "./lstm.js";
import { buildPage, pageDefaults } from "./page.js";
import type { Pretrained } from "./pretrained.js";
import {
  buildPretrainedWav2Vec2,
  pinPretrainedWav2Vec2,
  pretrainedWav2Vec2Defaults,
} from "./pretrained-wav2vec2.js";
import { buildResNet, resNetDefaults } from "./resnet.js";
import { buildWideResNet, wideResNetDefaults } from "./resnet-wide.js";
import { buildSimpleCnn, simpleCnnDefaults } from "./simple-cnn.js";
import { buildSimpleCnnAudio, simpleCnnAudioDefaults } from "./simple-cnn-audio.js";
import { buildTransformer, transformerDefaults } from "./transformer.js";
import { buildWhisper, pretrainedWhisper, type WhisperOptions, whisperDefaults } from "./whisper.js";

/** The shape a network is built for; features and training decide it. */
export interface InputShape {
  readonly frames: number;
  readonly bands: number;
  readonly classes: number;
}

/** A value of an architecture's option. */
export type OptionValue = number | string | boolean | null | readonly OptionValue[];
export type ModelOptions = Readonly<Record<string, OptionValue>>;

/** What is needed to build one architecture. */
export interface Architecture {
  readonly name: string;
  /** One sentence for lists. */
  readonly title: string;
  /** Every option with its default; shape and seed are given apart. */
  readonly defaults: ModelOptions;
  build(options: ModelOptions, shape: InputShape, seed: number): tf.LayersModel;
  /** For an architecture on top of one that was trained elsewhere: what it takes from there. */
  pretrained?(options: ModelOptions): Pretrained;
  /** For options that name a file: the same with its checksum, so that a run's name tells what was in it. */
  pin?(options: ModelOptions): Promise<ModelOptions>;
}

function withoutShape<T extends InputShape & { seed: number }>(defaults: T): ModelOptions {
  const { frames: _frames, bands: _bands, classes: _classes, seed: _seed, ...options } = defaults;
  return options as unknown as ModelOptions;
}

const resnet: Architecture = {
  name: "resnet",
  title: "Residual network on the log-mel spectrogram, 188 thousand parameters",
  defaults: withoutShape(resNetDefaults),
  build: (options, shape, seed) => buildResNet({ ...options, ...shape, seed }),
};

const whisper: Architecture = {
  name: "whisper",
  title: "Whisper's encoder, its upper blocks tuned: 9.85 million parameters of base's 20.6 million",
  defaults: withoutShape(whisperDefaults),
  build: (options, shape, seed) => buildWhisper({ ...options, ...shape, seed }),
  pretrained: (options) => pretrainedWhisper({ ...whisperDefaults, ...(options as Partial<WhisperOptions>) }),
};

/** Every architecture; a new one is one file and one entry. */
export const architectures: readonly Architecture[] = [
  resnet,
  {
    ...resnet,
    name: "resnet-distilled",
    title: "The residual network, taught by whisper-tiny.en on the training clips",
  },
  {
    name: "lstm",
    title: "Two bidirectional LSTM layers with attention over frames, 190 thousand parameters",
    defaults: withoutShape(lstmDefaults),
    build: (options, shape, seed) => buildLstm({ ...options, ...shape, seed }),
  },
  {
    name: "simple-cnn-audio",
    title: "One-dimensional convolutions on the waveform, 4.46 million parameters",
    defaults: withoutShape(simpleCnnAudioDefaults),
    build: (options, shape, seed) => buildSimpleCnnAudio({ ...options, ...shape, seed }),
  },
  {
    name: "resnet-wide",
    title: "Residual network with three times the channels, 1.6 million parameters",
    defaults: withoutShape(wideResNetDefaults),
    build: (options, shape, seed) => buildWideResNet({ ...options, ...shape, seed }),
  },
  {
    name: "page",
    title: "Residual network for the web page, taught by general, 712 thousand parameters",
    defaults: withoutShape(pageDefaults),
    build: (options, shape, seed) => buildPage({ ...options, ...shape, seed }),
  },
  {
    name: "simple-cnn",
    title: "Convolutions and max pooling on the log-mel spectrogram, 195 thousand parameters",
    defaults: withoutShape(simpleCnnDefaults),
    build: (options, shape, seed) => buildSimpleCnn({ ...options, ...shape, seed }),
  },
  {
    name: "densenet",
    title: "Densely connected network on the log-mel spectrogram, 817 thousand parameters",
    defaults: withoutShape(denseNetDefaults),
    build: (options, shape, seed) => buildDenseNet({ ...options, ...shape, seed }),
  },
  {
    name: "densenet-optimised",
    title: "Densely connected network for a machine with little time, 239 thousand parameters",
    defaults: { ...withoutShape(denseNetDefaults), ...optimisedDenseNet },
    build: (options, shape, seed) => buildDenseNet({ ...options, ...shape, seed }),
  },
  {
    name: "transformer",
    title: "Two transformer blocks with attention over frames, 310 thousand parameters",
    defaults: withoutShape(transformerDefaults),
    build: (options, shape, seed) => buildTransformer({ ...options, ...shape, seed }),
  },
  whisper,
  {
    ...whisper,
    name: "whisper-tiny.en",
    title: "Whisper's smallest encoder, of English only, its upper blocks tuned",
  },
  {
    ...whisper,
    name: "general",
    title: "Whisper's encoder, tuned on varied sounds for recordings from elsewhere",
  },
  {
    name: "wav2vec2",
    title:
      "The wav2vec 2.0 architecture from a random start, 4.0 million parameters, or with published weights",
    defaults: withoutShape(pretrainedWav2Vec2Defaults),
    build: (options, shape, seed) =>
      buildPretrainedWav2Vec2({ ...pretrainedWav2Vec2Defaults, ...options, ...shape, seed }),
    pin: pinPretrainedWav2Vec2<ModelOptions>,
  },
];

/** The architecture of that name. Throws LabError that lists the names there are. */
export function architectureNamed(name: string): Architecture {
  const found = architectures.find((architecture) => architecture.name === name);
  if (found === undefined) {
    throw new LabError(
      `There is no architecture "${name}".`,
      `Use one of: ${architectures.map((a) => a.name).join(", ")}.`,
    );
  }
  return found;
}

/** All options of an architecture: the given ones over the defaults. Throws LabError for an option that it does not have. */
export function completeOptions(architecture: Architecture, given: ModelOptions): ModelOptions {
  for (const key of Object.keys(given)) {
    if (!(key in architecture.defaults)) {
      throw new LabError(
        `${architecture.name} has no option "${key}".`,
        `It has: ${Object.keys(architecture.defaults).join(", ")}.`,
      );
    }
  }
  return { ...architecture.defaults, ...given };
}
