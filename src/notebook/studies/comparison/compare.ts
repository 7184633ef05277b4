import { join } from "node:path";
import { readJson } from "../../../core/files.js";
import type { Settings } from "../../../core/settings.js";
import { cremaSpeakers } from "../../../corpora/crema-d-speakers.js";
import {
  applyTemperature,
  expectedCalibrationError,
  fitTemperature,
  type ReliabilityBin,
  reliabilityBins,
} from "../../../evaluation/calibration.js";
import { type GroupGap, groupGaps } from "../../../evaluation/group-gaps.js";
import type { Prediction } from "../../../evaluation/prediction.js";
import type { Figure } from "../../../evaluation/report.js";
import { type CoveragePoint, selectiveAccuracy } from "../../../evaluation/selective.js";
import { comparePaired, type PairedDifference, testMcNemar } from "../../../evaluation/significance.js";
import type { ProtocolName } from "../../../protocols/split.js";
import { ablations, commandForAblation, publishedAblation } from "../../../training/ablations.js";
import { listPublished, type PublishedResult, readPublished } from "../../../training/published.js";
import { commandFor, type Row, type RowKind, rows } from "../../../training/rows.js";
import { ageGroupOf } from "../architecture/show-failures.js";

/** The two protocols that every row is ranked on, the headline first. */
export const rankedProtocols = ["speaker-independent", "combined"] as const;
export type RankedProtocol = (typeof rankedProtocols)[number];

/** What a row reached on a protocol, or the command that would tell. */
export type RankedResult =
  | {
      readonly state: "run";
      readonly figure: Figure;
      readonly clips: number;
      readonly parameters: number;
      /** Of training. */
      readonly seconds: number;
      readonly megabytesAsFloat16: number;
      /** Epochs on `seed` 0; other seeds' values beside it. */
      readonly seeds: Readonly<Record<string, number>>;
      readonly source: string;
      readonly specHash: string;
      /** Against the best row on the same clips: best less this one. Null for the best itself. */
      readonly behindBest: (PairedDifference & { readonly mcNemarPValue: number }) | null;
    }
  | { readonly state: "not run"; readonly command: string };

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
  readonly ablations: readonly ComparedAblation[];
  readonly listeners: References["listeners"];
  readonly references: readonly ComparedReference[];
}

/** What rows are ranked by on each protocol. */
const figures: Record<RankedProtocol, string> = {
  "speaker-independent": "UAR on CREMA-D's test clips, voices that are not in training",
  combined: "accuracy on all test clips, voices that are in training",
};

/** The predictions that a protocol's ranking is about: CREMA-D's on new voices, where that corpus is there; else all. */
function rankedClips(protocol: RankedProtocol, test: readonly Prediction[]): readonly Prediction[] {
  const ofCremaD = test.filter(({ corpus }) => corpus === "crema-d");
  return protocol === "speaker-independent" && ofCremaD.length > 0 ? ofCremaD : test;
}

/** The ranked figure of metrics: UAR of CREMA-D on new voices, accuracy of all clips on known ones. */
export function rankedFigure(protocol: RankedProtocol, { metrics }: PublishedResult): Figure {
  if (protocol === "combined") return metrics.test.all.accuracy;
  return (metrics.test["crema-d"] ?? metrics.test.all).uar;
}

/** Published figures of others with their sources: data/references.json. */
export async function readReferences({ root }: Settings): Promise<References> {
  return (await readJson(join(root, "data", "references.json"))) as References;
}

/**
 * Compares what results/ holds: every row on both protocols with intervals and paired significance against the best,
 * groups, calibration, selective prediction, ablations, and figures published elsewhere. A pure function of results/ and
 * data/references.json.
 */
export async function compareRows(settings: Settings): Promise<Comparison> {
  const published = await listPublished(settings);
  const references = await readReferences(settings);
  return {
    format: 1,
    figures,
    rows: await rankRows(settings),
    studies: await studyRows(published, settings),
    ablations: await compareAblations(settings),
    listeners: references.listeners,
    references: references.figures.map((reference) => ({
      ...reference,
      ours: oursBeside(reference, published),
    })),
  };
}

/** What no row has a result for yet, with the command that would give it. */
export function missingResults({
  rows,
}: Pick<Comparison, "rows">): { row: string; protocol: RankedProtocol; command: string }[] {
  return rows.flatMap(({ name, results }) =>
    rankedProtocols.flatMap((protocol) => {
      const result = results[protocol];
      return result.state === "not run" ? [{ row: name, protocol, command: result.command }] : [];
    }),
  );
}

/** Every row on both protocols, with paired significance against the best of each. */
export async function rankRows(settings: Settings): Promise<ComparedRow[]> {
  const published = await listPublished(settings);
  const newVoices = await rank("speaker-independent", published, settings);
  const combined = await rank("combined", published, settings);
  return rows.filter(isRanked).map(({ name, title, kind, notebook }) => ({
    name,
    title,
    kind,
    notebook,
    results: { "speaker-independent": newVoices.get(name)!, combined: combined.get(name)! },
  }));
}

function isRanked(row: Row): boolean {
  return row.protocols.some((protocol) => (rankedProtocols as readonly string[]).includes(protocol));
}

async function rank(
  protocol: RankedProtocol,
  published: readonly PublishedResult[],
  settings: Settings,
): Promise<Map<string, RankedResult>> {
  const seedsOf = (row: Row) => published.filter((one) => one.protocol === protocol && one.name === row.name);
  const first = rows.filter(isRanked).flatMap((row) => {
    const result = seedsOf(row).find(({ metrics }) => metrics.spec.seed === 0);
    return result === undefined ? [] : [{ row, result, value: rankedFigure(protocol, result).value }];
  });
  const best = first.reduce<(typeof first)[0] | null>(
    (a, b) => (a === null || b.value > a.value ? b : a),
    null,
  );
  const clipsOf = async ({ place }: PublishedResult) =>
    rankedClips(protocol, (await readPublished(place, settings)).test);
  const bestClips = best === null ? [] : await clipsOf(best.result);
  const metric = protocol === "combined" ? "accuracy" : "uar";
  const results = new Map<string, RankedResult>();
  for (const row of rows.filter(isRanked)) {
    const found = first.find((one) => one.row === row);
    if (found === undefined) {
      results.set(row.name, { state: "not run", command: commandFor(row, protocol) });
      continue;
    }
    const { metrics } = found.result;
    const clips = await clipsOf(found.result);
    results.set(row.name, {
      state: "run",
      figure: rankedFigure(protocol, found.result),
      clips: clips.length,
      parameters: metrics.parameters,
      seconds: metrics.seconds,
      megabytesAsFloat16: (2 * metrics.parameters) / 1e6,
      seeds: Object.fromEntries(
        seedsOf(row).map((one) => [one.metrics.spec.seed, rankedFigure(protocol, one).value]),
      ),
      source: metrics.source,
      specHash: metrics.specHash,
      behindBest:
        found === best
          ? null
          : {
              ...comparePaired(clips, bestClips)[metric],
              mcNemarPValue: testMcNemar(clips, bestClips).pValue,
            },
    });
  }
  return results;
}

async function studyRows(published: readonly PublishedResult[], settings: Settings): Promise<RowStudy[]> {
  const studies: RowStudy[] = [];
  for (const row of rows) {
    const result = published.find(({ place }) => place === `speaker-independent/${row.name}/seed-0`);
    if (result === undefined) continue;
    const { test, validation } = await readPublished(result.place, settings);
    studies.push(studyRow(row.name, rankedClips("speaker-independent", test), validation));
  }
  return studies;
}

/** Groups, calibration and selective prediction of one set of test predictions. */
export function studyRow(
  row: string,
  test: readonly Prediction[],
  validation: readonly Prediction[],
): RowStudy {
  const actors = test.filter(({ corpus, speaker }) => corpus === "crema-d" && actorOf(speaker) !== undefined);
  const by = (group: (actor: NonNullable<ReturnType<typeof actorOf>>) => string) =>
    groupGaps(actors, ({ speaker }) => group(actorOf(speaker)!));
  const temperature = fitTemperature(validation);
  const calibrated = applyTemperature(test, temperature);
  return {
    row,
    gaps: {
      sex: by(({ sex }) => sex),
      age: by(({ age }) => ageGroupOf(age)),
      race: by(({ race }) => race),
      ethnicity: by(({ ethnicity }) => ethnicity),
    },
    calibration: {
      temperature,
      errorBefore: expectedCalibrationError(test),
      errorAfter: expectedCalibrationError(calibrated),
      before: reliabilityBins(test),
      after: reliabilityBins(calibrated),
    },
    selective: selectiveAccuracy(calibrated),
  };
}

function actorOf(speaker: string) {
  return cremaSpeakers[speaker.slice("crema-d/".length)];
}

async function compareAblations(settings: Settings): Promise<ComparedAblation[]> {
  return await Promise.all(
    ablations.map(async (ablation): Promise<ComparedAblation> => {
      const { of, question } = ablation;
      const { own, row } = await publishedAblation(ablation, settings);
      if (own === undefined || row === undefined)
        return { of, question, difference: null, command: commandForAblation(ablation) };
      const [with_, without] = await Promise.all(
        [own, row].map(async ({ place }) =>
          rankedClips("speaker-independent", (await readPublished(place, settings)).test),
        ),
      );
      return { of, question, difference: comparePaired(without!, with_!).uar, command: null };
    }),
  );
}

function oursBeside(reference: ReferenceFigure, published: readonly PublishedResult[]): Figure | null {
  const { row, comparable, metric } = reference;
  const own = published.find(({ place }) => place === `${comparable}/${row}/seed-0`);
  return own === undefined ? null : own.metrics.test.all[metric];
}
