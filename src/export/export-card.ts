import type { PartMetrics } from "../evaluation/report.js";
import type { ModelCard } from "../inference/model-card.js";
import type { Agreement } from "./compare-with-source.js";
import { exportedSamples } from "./graph-of-predictor.js";
import type { JudgingClips } from "./judging-clips.js";
import type { ExportPrecision } from "./stored-constants.js";
import type { ExportTargetName } from "./target.js";

/** card.json beside an exported model: what goes in and comes out, where it comes from, and how near it is to that. */
export interface ExportCard {
  readonly format: 1;
  readonly kind: "export";
  readonly target: ExportTargetName;
  /** What the kernels are stored in; everything is computed in float32 (TFLite's int8: products in 8 bits). */
  readonly weights: ExportPrecision;
  readonly input: { readonly name: string; readonly shape: readonly number[]; readonly sampleRate: number };
  readonly output: {
    readonly name: string;
    readonly shape: readonly number[];
    readonly labels: readonly string[];
  };
  /** The features, computed inside of the model from the samples: nothing has to be computed before. */
  readonly features: ModelCard["features"] & { readonly insideModel: true };
  readonly unsureBelow?: number;
  /** The published model: `affectlab predict --model NAME --protocol PROTOCOL`. */
  readonly source: Pick<ModelCard, "name" | "protocol" | "specHash" | "parameters"> & {
    readonly test: ModelCard["metrics"]["test"];
  };
  /** Source and exported model in the target's own runtime, on the same sounds. */
  readonly comparison: Agreement & {
    readonly runtime: string;
    readonly clips: number;
    readonly of: JudgingClips["source"];
  };
  /** The exported model's own figures on 3 s of each test clip; null where they were not measured. */
  readonly test: PartMetrics | null;
  /** The source's on the same 3 s; `source.test` has those that it was published with, of whole clips. */
  readonly sourceTest: PartMetrics | null;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
  readonly licence: string;
  readonly citations: readonly string[];
  readonly limits: string;
}

/** What is known of an export when it has been checked. */
export interface ExportFacts {
  readonly source: ModelCard;
  readonly target: ExportTargetName;
  readonly weights: ExportPrecision;
  readonly runtime: string;
  readonly agreement: Agreement;
  readonly of: JudgingClips["source"];
  readonly test: PartMetrics | null;
  readonly sourceTest: PartMetrics | null;
  readonly files: ExportCard["files"];
}

/** The card of an exported model. */
export function exportCard({
  source,
  target,
  weights,
  runtime,
  agreement,
  of,
  test,
  sourceTest,
  files,
}: ExportFacts): ExportCard {
  const { name, protocol, specHash, parameters, labels, features, unsureBelow } = source;
  return {
    format: 1,
    kind: "export",
    target,
    weights,
    input: { name: "samples", shape: [1, exportedSamples], sampleRate: 16_000 },
    output: { name: "probabilities", shape: [1, labels.length], labels },
    features: { ...features, insideModel: true },
    ...(unsureBelow !== undefined && { unsureBelow }),
    source: { name, protocol, specHash, parameters, test: source.metrics.test },
    comparison: { runtime, of, ...agreement },
    test,
    sourceTest,
    files,
    licence: source.licence,
    citations: source.citations,
    limits: source.limits,
  };
}
