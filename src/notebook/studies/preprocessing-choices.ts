import type { ProgressListener } from "../../core/progress.js";
import type { Settings } from "../../core/settings.js";
import type { Clip } from "../../corpora/clip.js";
import { evaluatePredictions, type GroupMetrics } from "../../evaluation/report.js";
import { cachedFeatures } from "../../features/cache.js";
import type { FeatureSpec } from "../../features/feature-spec.js";
import type { Split } from "../../protocols/split.js";
import type { ProbeOptions } from "../../training/linear-probe.js";
import { probePredictions } from "./cross-validation.js";

/** One way to prepare clips for the linear probe. */
export interface Choice {
  /** What the choice is about: "trimming". */
  readonly question: string;
  readonly name: string;
  readonly features: FeatureSpec;
  readonly probe?: Partial<ProbeOptions>;
}

export interface ChoiceResult extends Choice {
  /** On the validation clips. */
  readonly metrics: GroupMetrics;
  /** Mean frames of a clip: what the choice costs every later step. */
  readonly meanFrames: number;
}

/**
 * Every nth clip of the training and validation parts, in the order of their ids: a smaller study with the same mix
 * of corpora, voices and emotions.
 */
export function thinSplit(split: Split, every: number): Pick<Split, "train" | "validation"> {
  const thin = (ids: readonly string[]): string[] => [...ids].sort().filter((_, i) => i % every === 0);
  return { train: thin(split.train), validation: thin(split.validation) };
}

/**
 * Judges each choice by a linear probe: learnt from the training clips, judged on the validation clips (never on
 * test). The probe is convex and has no seed, so that choices differ by what they are alone.
 */
export async function compareChoices(
  clips: readonly Clip[],
  parts: Pick<Split, "train" | "validation">,
  choices: readonly Choice[],
  settings: Settings,
  onProgress?: ProgressListener,
): Promise<ChoiceResult[]> {
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const [train, validation] = [parts.train, parts.validation].map((ids) =>
    ids.map((id) => byId.get(id)!),
  ) as [Clip[], Clip[]];
  const results: ChoiceResult[] = [];
  for (const choice of choices) {
    const features = await cachedFeatures([...train, ...validation], choice.features, {
      home: settings.home,
      ...(onProgress && { onProgress }),
    });
    const predictions = probePredictions(train, validation, features, choice.probe);
    const frames = [...features.values()].reduce((sum, one) => sum + one.frames, 0) / features.size;
    results.push({ ...choice, metrics: evaluatePredictions(predictions).all, meanFrames: frames });
  }
  return results;
}
