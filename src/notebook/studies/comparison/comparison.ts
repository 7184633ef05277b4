import { formatSeconds } from "../../../core/progress.js";
import type { ReliabilityBin } from "../../../evaluation/calibration.js";
import type { GroupGap } from "../../../evaluation/group-gaps.js";
import type { Figure } from "../../../evaluation/report.js";
import type { CoveragePoint } from "../../../evaluation/selective.js";
import type { SharedVoices } from "../../../evaluation/shared-voices.js";
import type { PairedDifference } from "../../../evaluation/significance.js";
import type { ProtocolName } from "../../../protocols/split.js";
import type { RowKind } from "../../../training/rows.js";
import { isOnCard } from "../../../training/run-metrics.js";

/** The two protocols that every row is ranked on, the headline first. */
export const rankedProtocols = ["speaker-independent", "combined"] as const;
export type RankedProtocol = (typeof rankedProtocols)[number];

/** What a row reached on a protocol, or the command that would tell. */
export type RankedResult =
  | {
      readonly state: "run";
      readonly figure: Figure;
      /** UAR of CREMA-D's test clips, where that corpus is there: the one figure that is the same on both protocols. */
      readonly uar: Figure;
      readonly clips: number;
      readonly parameters: number;
      /** Of training, without that of teachers and of features that are kept. */
      readonly seconds: number;
      /** Where it was trained. */
      readonly device: string;
      readonly megabytesAsFloat16: number;
      /** Milliseconds from 3 s of sound to its answer, the fastest way there is here; null where not measured. */
      readonly latencyMilliseconds: number | null;
      /** The ranked figure by seed, that of 0 included. */
      readonly seeds: Readonly<Record<string, number>>;
      readonly source: string;
      readonly specHash: string;
      /** Against the best row on the same clips: best less this one. Null for the best itself. */
      readonly behindBest: (PairedDifference & { readonly mcNemarPValue: number }) | null;
    }
  | { readonly state: "not run"; readonly command: string }
  /** The row is not for this protocol. */
  | { readonly state: "not meant" };

/** What stands in a table where a figure would: a dash where the row is not for the protocol. */
export function textWithoutFigure(result: Exclude<RankedResult, { readonly state: "run" }>): string {
  return result.state === "not run" ? "not run" : "–";
}

/** `12 min 26 s (card)`: a run on a graphics card says nothing of the time that it takes elsewhere. */
export function trainingTime({ seconds, device }: Extract<RankedResult, { readonly state: "run" }>): string {
  return `${formatSeconds(seconds)}${isOnCard(device) ? " (card)" : ""}`;
}

export interface ComparedRow {
  readonly name: string;
  readonly title: string;
  readonly kind: RowKind;
  readonly notebook: string;
  readonly results: Readonly<Record<RankedProtocol, RankedResult>>;
}

/** What is said of a row on new voices of CREMA-D beyond its figure. */
export interface RowStudy {
  readonly row: string;
  /** By sex, age, race and ethnicity of the actors. */
  readonly gaps: Readonly<Record<string, readonly GroupGap[]>>;
  readonly calibration: {
    /** Fitted on validation clips. */
    readonly temperature: number;
    readonly errorBefore: number;
    readonly errorAfter: number;
    readonly before: readonly ReliabilityBin[];
    readonly after: readonly ReliabilityBin[];
  };
  readonly selective: readonly CoveragePoint[];
}

/** A row on CREMA-D's test voices of `speaker-independent`: known to it (`combined`), and new to it. */
export interface ComparedVoices extends SharedVoices {
  readonly row: string;
}

export interface ComparedAblation {
  readonly of: string;
  readonly question: string;
  /** UAR on new voices of CREMA-D with the change less without it; null where either is not published. */
  readonly difference: PairedDifference | null;
  readonly command: string | null;
}

/** A figure published elsewhere, and what was found on checking it. */
export interface ReferenceFigure {
  readonly name: string;
  readonly protocol: string;
  readonly metric: "accuracy" | "uar";
  readonly value: number;
  /** Our row that stands beside it, and our protocol that is nearest to its own. */
  readonly row: string;
  readonly comparable: ProtocolName;
  readonly source: string;
  readonly checked: string;
}

/** data/references.json: what others have published, and how CREMA-D's listeners fared. */
export interface References {
  readonly listeners: {
    readonly clips: number;
    readonly accuracy: number;
    readonly uar: number;
    readonly what: string;
  };
  readonly figures: readonly ReferenceFigure[];
}

/** A published figure with ours beside it; `ours` is null where the row is not run on that protocol. */
export interface ComparedReference extends ReferenceFigure {
  readonly ours: Figure | null;
}

/** comparison.json: everything that notebook 12 and the README say of the rows. */
export interface Comparison {
  readonly format: 1;
  readonly figures: Readonly<Record<RankedProtocol, string>>;
  readonly rows: readonly ComparedRow[];
  readonly studies: readonly RowStudy[];
  readonly voices: readonly ComparedVoices[];
  readonly ablations: readonly ComparedAblation[];
  readonly listeners: References["listeners"];
  readonly references: readonly ComparedReference[];
}
