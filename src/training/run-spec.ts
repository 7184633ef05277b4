import { specHash } from "../core/hash.js";
import type { Profile } from "../core/settings.js";
import type { FeatureAugmentation } from "../features/augment-features.js";
import type { WaveAugmentation } from "../features/augment-wave.js";
import type { FeatureSpec } from "../features/feature-spec.js";
import type { ModelOptions } from "../models/registry.js";
import type { ProtocolName } from "../protocols/split.js";
import type { Precision } from "./precision.js";

/** Copies of training clips whose sound is varied before the features are computed; the same ones in every epoch. */
export interface VariedCopies {
  readonly copies: number;
  /** A clip is met as one of its copies with this probability, as itself otherwise. */
  readonly share: number;
  readonly sound: WaveAugmentation;
}

/** A network learns from what others say of the training clips, beside the labels (Hinton et al. 2015). */
export interface Distillation {
  /** Architectures whose runs by their own recipes, of seed 0 on the same protocol, are the teachers. */
  readonly teachers: readonly string[];
  /** The teachers' share of the target; the rest is the label's. */
  readonly share: number;
  /** Divides the teachers' logits: above 1, what they deem second counts more. */
  readonly temperature: number;
  /**
   * In how many groups the training clips are divided so that teachers answer about clips that they have not been trained
   * on: each group by runs that were trained on the others. Absent: teachers are trained on all that they answer about.
   */
  readonly crossFittedGroups?: number;
}

/** The training clips of one group (from 1) are not trained on: a teacher is asked about them. */
export interface Withheld {
  readonly group: number;
  readonly groups: number;
}

export const waysToKeep = ["uar", "mean-corpus-uar"] as const;
export type KeptBy = (typeof waysToKeep)[number];

/** How an epoch is drawn: every clip once; or as many draws with equal shares of emotions, or of corpora. */
export const samplings = ["every-clip", "balanced", "balanced-corpora"] as const;
export type Sampling = (typeof samplings)[number];

/** How a network is trained. Everything here is part of the run's name. */
export interface TrainingOptions {
  readonly epochs: number;
  readonly batchSize: number;
  /** Frames the network sees; longer clips are cropped, shorter ones surrounded by zeros (the mean). */
  readonly frames: number;
  /** Peak learning rate of AdamW (Loshchilov and Hutter 2019), reached after the warm-up, then a cosine to zero. */
  readonly learningRate: number;
  readonly warmupEpochs: number;
  /** Factors on it by the beginning of a layer's name, 1 where none fits: `{ block: 0.1 }` tunes the blocks gently. */
  readonly rateFactors?: Readonly<Record<string, number>>;
  readonly weightDecay: number;
  /** The gradient's global norm is cut to this; null for no limit. */
  readonly clipNorm: number | null;
  readonly labelSmoothing: number;
  /** Mixup (Zhang et al. 2018): Beta(alpha, alpha) on this share of batches. */
  readonly mixup: { readonly alpha: number; readonly share: number };
  /** Weights of a class: "balanced" multiplies its loss by the inverse of its frequency. */
  readonly classWeights: "none" | "balanced";
  readonly sampling: Sampling;
  /** How the features of training clips are varied, anew in each epoch; null leaves them as they are. */
  readonly augmentation: FeatureAugmentation | null;
  /** How the sound of training clips is varied before that; for features of kind "waveform" alone. */
  readonly waveAugmentation?: WaveAugmentation;
  /** For features that are cached, and for what a front end makes of them: varied copies beside the clips themselves. */
  readonly variedCopies?: VariedCopies;
  readonly distillation?: Distillation;
  /** Decay of the exponential moving average of weights that is validated and kept; 0 for none. */
  readonly averageDecay: number;
  /** Validation takes place after every so many epochs and after the last. */
  readonly validateEveryEpochs: number;
  /**
   * What decides on validation which epoch's weights are kept: the UAR of all clips (default), or the mean of the
   * corpora's own UAR, which the few clips of an emotion that one corpus alone has cannot turn.
   */
  readonly keptBy?: KeptBy;
  /** Stops at the first validation that the best one lies at least so many epochs before; null for never. */
  readonly patienceEpochs: number | null;
}

/** What the specification of every result says, whatever made it: a network's run, a baseline or an ensemble. */
export interface ResultSpec {
  /** Raised when the code of training changes what a spec means, so that old runs are not taken for new ones. */
  readonly version: 1;
  readonly profile: Profile;
  /** The architecture, the baseline, or `ensemble`. */
  readonly model: string;
  readonly options: ModelOptions;
  /** Corpora by name, each with the checksum of its clips. */
  readonly corpora: Readonly<Record<string, string>>;
  readonly protocol: ProtocolName;
  readonly fold: string | null;
  /** Initialisation, order and augmentation; the split has a seed of its own. */
  readonly seed: number;
}

/** Everything that decides the result of a network's run; its hash names the run. */
export interface RunSpec extends ResultSpec {
  readonly features: FeatureSpec;
  readonly training: TrainingOptions;
  /** The runs that `training.distillation` names, whole: they are trained first where the store lacks them. */
  readonly teachers?: readonly RunSpec[];
  /** Only of a teacher under cross-fitting. */
  readonly withheld?: Withheld;
  readonly precision: Precision;
}

/** The name of a run: the hash of its specification. */
export function runHash(spec: ResultSpec): string {
  return specHash(spec);
}
