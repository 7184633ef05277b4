import { percent, percentBrackets, percentFigure } from "../core/percent.js";
import type { Figure, GroupMetrics } from "../evaluation/report.js";
import { describeFeatures } from "../features/describe-features.js";
import type { FeatureSpec } from "../features/feature-spec.js";
import { hopSamples } from "../features/hop-samples.js";
import { termsOf } from "./card.js";

/** What README.md tells of a card (src/training/card.ts writes it, src/inference/model-card.ts reads it). */
export interface ReadableCard {
  readonly name: string;
  readonly architecture: string;
  readonly parameters: number;
  readonly labels: readonly string[];
  readonly features: FeatureSpec;
  readonly frames: number;
  readonly frontEnd?: { readonly name: string } | undefined;
  readonly temperature: number;
  readonly unsureBelow?: number | undefined;
  readonly calibrationError?: { readonly before: number; readonly after: number } | undefined;
  readonly weightsPrecision: string;
  readonly protocol: string;
  readonly seed: number;
  readonly specHash: string;
  readonly data: { readonly corpora: Readonly<Record<string, string>>; readonly source: string };
  readonly metrics: { readonly test: Readonly<Record<string, GroupMetrics>> };
  readonly licence: string;
  readonly citations: readonly string[];
  readonly intendedUse?: string | undefined;
  readonly limits: string;
}

/** README.md beside card.json, for people: what the model is, hears, says, how often it is right, what it is for, its terms. */
export function cardReadme(card: ReadableCard): string {
  const { name, protocol, architecture, parameters, seed, specHash, data } = card;
  const sections = [
    `# ${name}, ${protocol}`,
    `A model that tells which of ${card.labels.length} emotions a voice sounds like. Architecture \`${architecture}\`, ${parameters.toLocaleString("en-GB")} weights${behind(card)}, kept as ${card.weightsPrecision}. Run \`${specHash}\`, seed ${seed}. Written from \`card.json\` by \`affectlab publish\`; programs read that.`,
    "## Call",
    `    affectlab predict --model ${name} --protocol ${protocol} recording.wav`,
    "From a program: [docs/inference.md](../../../docs/inference.md). Of a browser, ONNX Runtime or a phone: [docs/export.md](../../../docs/export.md).",
    "## What goes in",
    hears(card),
    "## What comes out",
    says(card),
    "## How often it is right",
    figures(card),
    "## What it learnt from",
    `${Object.keys(data.corpora).join(", ")} (${sources[data.source] ?? data.source}), the training part of \`${protocol}\` ([docs/protocols.md](../../../docs/protocols.md)).`,
    "## Intended use",
    `${card.intendedUse ?? termsOf(Object.keys(data.corpora)).intendedUse} More: [docs/responsible-use.md](../../../docs/responsible-use.md).`,
    "## Limits",
    card.limits,
    "## Licence",
    [`${card.licence}.`, ...(card.citations.length > 0 ? ["Cite:"] : [])].join(" "),
    ...(card.citations.length > 0 ? [card.citations.map((citation) => `- ${citation}`).join("\n")] : []),
  ];
  return `${sections.join("\n\n")}\n`;
}

const sources: Readonly<Record<string, string>> = {
  original: "the publishers' own files",
  "opus-copy": "copies in Opus among them",
  own: "recordings of its publisher's own among them",
  sample: "synthetic speech",
};

function behind({ frontEnd }: ReadableCard): string {
  return frontEnd === undefined ? "" : ` behind the frozen [\`${frontEnd.name}\`](../../${frontEnd.name})`;
}

function hears(card: ReadableCard): string {
  const { features, frames } = card;
  const steps = [
    ...(features.trimDecibels === null
      ? []
      : [`silence at the ends (more than ${features.trimDecibels} dB under the loudest frame) is cut off`]),
    ...(features.peakNormalise ? ["the loudest sample is scaled to 1"] : []),
  ];
  const before = steps.length === 0 ? "" : ` First ${steps.join(", then ")}.`;
  const standardised =
    features.kind === "whisper-mel"
      ? ""
      : "; less their mean over training clips, divided by their deviation";
  return `Mono sound at 16 kHz.${before} Then features: ${describeFeatures(features)}${standardised}. The network hears ${frames.toLocaleString("en-GB")} frames at once, the middle ones (${heardSeconds(card)}); of a longer recording \`affectlab predict\` gives it overlapping windows.`;
}

/** How much sound the frames are. Whisper's front end makes one frame of two. */
function heardSeconds({ features, frames }: ReadableCard): string {
  const each = features.kind === "whisper-mel" ? 2 * hopSamples(features) : hopSamples(features);
  return `${((frames * each) / 16_000).toFixed(2)} s`;
}

function says({ labels, temperature, unsureBelow, calibrationError }: ReadableCard): string {
  const parts = [
    `A probability for each of ${labels.join(", ")}; the emotion is the largest.`,
    `Its confidence is calibrated on validation clips (temperature ${temperature}).`,
  ];
  if (calibrationError !== undefined) {
    const { before, after } = calibrationError;
    parts.push(
      `Expected calibration error on test clips: ${percent(after)} points, ${percent(before)} without the temperature.`,
    );
  }
  if (unsureBelow !== undefined && unsureBelow > 0) {
    parts.push(
      `Below a confidence of ${percent(unsureBelow)}% it is unsure: on validation such answers were more often wrong than right.`,
    );
  }
  return parts.join(" ");
}

function figures({ protocol, metrics }: ReadableCard): string {
  const rows = Object.entries(metrics.test).map(([corpus, group]) => {
    const { n, accuracy, uar, macroF1 } = group;
    return `| ${corpus} | ${n.toLocaleString("en-GB")} | ${[accuracy, uar, macroF1].map(percentFigure).join(" | ")} | ${bySpeaker(uar)} |`;
  });
  const table = [
    "| test clips of | n | accuracy % | UAR % | macro-F1 % | UAR by speaker |",
    "|---|--:|--:|--:|--:|--:|",
    ...rows,
  ].join("\n");
  return `On the test clips of \`${protocol}\`, with 95% bootstrap intervals by clip, of UAR also by speaker:\n\n${table}`;
}

function bySpeaker({ speaker }: Figure): string {
  return speaker === null ? "–" : percentBrackets(speaker);
}
