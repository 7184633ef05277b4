import { sampleRateHz } from "../../../audio/wave.js";
import type { Chart, LineSeries } from "../../../charts/chart.js";
import { heatmap } from "../../../charts/matrices.js";
import { spectrogram, waveformChart } from "../../../charts/sound.js";
import { wholePercent } from "../../../core/percent.js";
import type { Settings } from "../../../core/settings.js";
import { loadCatalogueFor } from "../../../corpora/catalogue.js";
import type { Clip } from "../../../corpora/clip.js";
import { type Emotion, emotions } from "../../../corpora/emotions.js";
import { bandCentres } from "../../../features/band-centres.js";
import type { FeatureSpec } from "../../../features/feature-spec.js";
import type { Run } from "../../../training/run-store.js";
import { show, showMarkdown, showSound } from "../../display.js";
import { firstOfEachEmotion, type Listening, listenWith } from "../listening.js";
import { averageListening, pieces } from "./average-listening.js";

/** Clips an emotion that are averaged. */
const clipsPerEmotion = 12;

/** Samples between frames of Whisper's log-mel. */
const whisperHopLength = 160;

/** Points of the curve that lies over a waveform. */
const waveformPoints = 200;

/**
 * What a run listens to, on test clips that it decides rightly: integrated gradients of the labelled emotion's logit.
 * Averaged by emotion over the time of a clip and over bands, then laid over single clips of `examples` emotions: of
 * CREMA-D, the only corpus whose single clips may be shown, and of the sample corpus, with their sound.
 */
export async function showListening(
  run: Run,
  clips: readonly Clip[],
  settings: Settings,
  examples: readonly Emotion[] = ["angry", "sad"],
): Promise<void> {
  const right = new Set(
    run.test.filter(({ emotion, predicted }) => emotion === predicted).map(({ clip }) => clip),
  );
  const known = clips.filter((clip) => clip.corpus === "crema-d" && right.has(clip.id));
  const averaged = emotions.flatMap((emotion) => everyNth(known.filter((clip) => clip.emotion === emotion)));
  await showAverages(await listenWith(run.spec, averaged, settings), run.spec.features);

  for (const heard of await listenWith(run.spec, firstOfEachEmotion(known, examples), settings))
    await show(picture(heard, `${heard.emotion}: ${heard.clip.id}`, run.spec.features));

  const sample = await loadCatalogueFor({ ...settings, profile: "sample" });
  const synthetic = firstOfEachEmotion(
    sample.filter((clip) => clip.corpus === "crema-d"),
    examples,
  );
  for (const heard of await listenWith(run.spec, synthetic, settings)) {
    showSound(heard.wave, `${heard.emotion} (synthetic): ${heard.clip.id}`);
    await show(picture(heard, `${heard.emotion} (synthetic)`, run.spec.features));
  }
}

/** At most `clipsPerEmotion` clips, evenly over the list, so that many voices and sentences are among them. */
function everyNth(clips: readonly Clip[]): Clip[] {
  const count = Math.min(clipsPerEmotion, clips.length);
  return Array.from({ length: count }, (_, i) => clips[Math.floor((i * clips.length) / count)]!);
}

async function showAverages(heard: readonly Listening[], features: FeatureSpec): Promise<void> {
  const averages = averageListening(heard);
  if (averages.length === 0) {
    showMarkdown("No test clip of CREMA-D is decided rightly: there is nothing to average.");
    return;
  }
  const rows = averages.map(({ emotion, clips }) => `${emotion} (${clips})`);
  // A piece or a band of average weight is at 1.
  const relative = (shares: readonly number[]): number[] => shares.map((share) => share * shares.length);
  const look = { yTitle: "emotion (clips)", valueTitle: "attribution, 1 is average" } as const;
  await show(
    heatmap(
      averages.map(({ byTime }) => relative(byTime)),
      rows,
      Array.from({ length: pieces }, (_, piece) => wholePercent(piece / pieces)),
      { title: "When it listens: time of the clip, by emotion", xTitle: "time of the clip", ...look },
    ),
  );
  const bandNames = bandGroups(features);
  if (bandNames === null) return;
  await show(
    heatmap(
      averages.map(({ byBand }) => relative(groupBands(byBand, bandNames.length))),
      rows,
      bandNames,
      { title: "Which frequencies it listens to, by emotion", xTitle: "from (Hz)", ...look },
    ),
  );
}

/** Sixteen groups of neighbouring bands, named after their lowest centre in Hz; null for features without bands. */
function bandGroups(features: FeatureSpec): string[] | null {
  const centres = centresOf(features);
  if (centres === null) return null;
  const each = centres.length / 16;
  return Array.from({ length: 16 }, (_, i) => String(Math.round(centres[Math.floor(i * each)]!)));
}

function groupBands(byBand: readonly number[], groups: number): number[] {
  const sums = new Array<number>(groups).fill(0);
  byBand.forEach((share, band) => {
    sums[Math.floor((band * groups) / byBand.length)]! += share;
  });
  return sums;
}

function centresOf(features: FeatureSpec): ArrayLike<number> | null {
  if (features.kind === "whisper-mel") return bandCentres({ bands: 80, lowestHz: 0, highestHz: 8000 });
  return features.kind === "log-mel" ? bandCentres(features) : null;
}

/** Seconds from one frame of the features to the next. */
function hopSeconds(features: FeatureSpec): number {
  if (features.kind === "waveform") return 1 / sampleRateHz;
  return (features.kind === "whisper-mel" ? whisperHopLength : features.hopLength) / sampleRateHz;
}

/** The spectrogram with what was listened to laid over it; for a model of the waveform, the waveform with a curve of it. */
function picture(heard: Listening, title: string, features: FeatureSpec): Chart {
  const { values, frames, bands, attribution } = heard;
  const centres = centresOf(features);
  if (features.kind === "waveform") return listenedWaveform(heard, title);
  return spectrogram(values, frames, bands, {
    title,
    hopSeconds: hopSeconds(features),
    ...(centres !== null && { bandHz: centres }),
    valueTitle: features.kind === "whisper-mel" ? "as Whisper sees it" : "deviations",
    saliency: attribution,
  });
}

function listenedWaveform({ values, attribution }: Listening, title: string): Chart {
  const chart = waveformChart(values, sampleRateHz, title);
  const each = Math.ceil(attribution.length / waveformPoints);
  const sums = Array.from({ length: Math.ceil(attribution.length / each) }, (_, point) =>
    attribution.subarray(point * each, (point + 1) * each).reduce((sum, value) => sum + value, 0),
  );
  const [, top] = chart.y.domain as readonly [number, number];
  const largest = Math.max(...sums) || 1;
  const curve: LineSeries = {
    mark: "line",
    name: "listened to",
    x: sums.map((_, point) => (point * each) / sampleRateHz),
    y: sums.map((sum) => (top * sum) / largest),
  };
  return { ...chart, series: [{ ...chart.series[0]!, name: "waveform" } as LineSeries, curve] };
}
