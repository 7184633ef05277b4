import { emotions } from "../corpora/emotions.js";
import { corpora } from "../corpora/registry.js";
import { confidenceFigures } from "../evaluation/unsure.js";
import type { Standardisation } from "../features/standardise.js";
import type { Run } from "./run-store.js";

/** The fixed network between features and model: its folder beside the model's, and the checksum of its weights.bin. */
export interface FrontEndOfCard {
  readonly name: string;
  readonly sha256: string;
}

/** The card of a published run: see src/inference/model-card.ts, which reads it. `measured`: what `measuredLimits` finds. */
export function cardOf(
  run: Run,
  name: string,
  standardisation: Standardisation,
  weightsPrecision: "float32" | "float16",
  frontEnd: FrontEndOfCard | null,
  measured: readonly string[],
) {
  const { spec, metrics } = run;
  return {
    format: 1,
    name,
    architecture: spec.model,
    options: spec.options,
    parameters: metrics.parameters,
    labels: emotions,
    features: spec.features,
    standardisation,
    ...(frontEnd !== null && { frontEnd }),
    frames: spec.training.frames,
    ...confidenceFigures(run.validation, run.test),
    weightsPrecision,
    protocol: spec.protocol,
    seed: spec.seed,
    specHash: run.hash,
    data: { corpora: spec.corpora, source: metrics.source },
    metrics: { test: metrics.test, validation: metrics.validation },
    ...termsOf(Object.keys(spec.corpora), measured),
  };
}

/**
 * Under which terms a result may be used that learnt from these corpora, what to cite, what it is for, what not to expect:
 * `measured` joins that, a sentence each.
 */
export function termsOf(names: readonly string[], measured: readonly string[] = []) {
  const used = corpora.filter((corpus) => names.includes(corpus.name));
  return {
    licence:
      used.length > 0
        ? "Non-commercial research, as the corpora it learnt from demand: see models/LICENSE"
        : "Whatever the owner of the recordings allows",
    citations: used.map((corpus) => corpus.citation),
    intendedUse: `Research${used.length > 0 ? " on acted speech" : ""}, and telling people who are recorded and have agreed to it what their voice sounds like. No decision about a person may rest on an answer. In the European Union, inferring emotions of people at work and in education is prohibited save for medical or safety reasons (Regulation (EU) 2024/1689, Article 5(1)(f)).`,
    limits: [
      used.length > 0
        ? "Learnt from acted English speech of North American speakers in quiet rooms."
        : "Learnt from recordings of its publisher's own.",
      "It tells which emotion a voice sounds like, not what a person feels; do not use it to judge people.",
      ...measured,
    ].join(" "),
  };
}
