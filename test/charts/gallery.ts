import type { Chart } from "../../src/charts/chart.js";
import { countsByGroup, histogram } from "../../src/charts/counts.js";
import { distribution } from "../../src/charts/distributions.js";
import { barsWithIntervals, dotsWithIntervals } from "../../src/charts/intervals.js";
import { learningCurves } from "../../src/charts/learning-curves.js";
import { confusionMatrix, heatmap } from "../../src/charts/matrices.js";
import { reliabilityCurve } from "../../src/charts/reliability.js";
import { parallelSettings, searchHistory, settingImportance } from "../../src/charts/search.js";
import { spectrogram, waveformChart } from "../../src/charts/sound.js";
import { createRandom } from "../../src/core/random.js";
import { emotions } from "../../src/corpora/emotions.js";

const random = createRandom(7);
const corpora = ["RAVDESS", "CREMA-D", "TESS"];

const history = Array.from({ length: 60 }, (_, i) => ({
  epoch: i + 1,
  trainLoss: 0.9 + 1.1 * Math.exp(-i / 12) + 0.02 * random.normal(),
  validationLoss: 1.0 + Math.exp(-i / 10) + 0.002 * i + 0.03 * random.normal(),
  validationAccuracy: i % 2 === 1 ? null : 0.7 - 0.45 * Math.exp(-i / 11) + 0.01 * random.normal(),
  validationUar: i % 2 === 1 ? null : 0.72 - 0.5 * Math.exp(-i / 11) + 0.01 * random.normal(),
}));

const counts = emotions.map((_, i) =>
  emotions.map((_, j) => (i === j ? 180 + random.below(60) : random.chance(0.3) ? 0 : random.below(40))),
);

const frames = 188;
const bands = 64;
const melHz = Array.from(
  { length: bands },
  (_, b) => 700 * (10 ** ((2840 * (b + 1)) / (bands + 1) / 2595) - 1),
);
const energies = Float32Array.from({ length: frames * bands }, (_, at) => {
  const [f, b] = [Math.floor(at / bands), at % bands];
  return (
    -70 +
    50 * Math.exp(-(((b - 12 - 8 * Math.sin(f / 15)) / 6) ** 2)) * Math.abs(Math.sin(f / 30)) +
    6 * random.normal()
  );
});
const saliency = Float32Array.from({ length: frames * bands }, (_, at) =>
  Math.exp(-(((Math.floor(at / bands) - 90) / 18) ** 2) - (((at % bands) - 20) / 9) ** 2),
);
const samples = Float32Array.from(
  { length: 48_000 },
  (_, i) => 0.6 * Math.sin(i / 9) * Math.sin(i / 9000) ** 2 + 0.02 * random.normal(),
);

const normals = (count: number, mean: number, deviation: number): number[] =>
  Array.from({ length: count }, () => mean + deviation * random.normal());

const speakers = Array.from({ length: 19 }, (_, i) => {
  const value = 0.45 + 0.4 * random.next();
  return { name: `crema-d/${1001 + 3 * i}`, value, interval: [value - 0.09, value + 0.08] as const };
});

const trials = Array.from({ length: 20 }, (_, i) => ({
  number: i + 1,
  score: 0.5 + 0.15 * random.next(),
  isPruned: i > 8 && random.chance(0.6),
}));
const settings = ["learningRate", "weightDecay", "mixup.share", "batchSize", "timeMaskFrames"].map(
  (name) => ({
    name,
    low: "0.001",
    high: "0.1",
    places: trials.map(() => random.next()),
  }),
);

/** One chart of every kind, as notebooks draw them, of made-up numbers. */
export const gallery: Readonly<Record<string, Chart>> = {
  "learning-curves-scores": learningCurves(history),
  "learning-curves-loss": learningCurves(history, "loss"),
  "confusion-matrix": confusionMatrix(counts, emotions, "ResNet on unseen speakers: 72.5% of 2,337 clips"),
  heatmap: heatmap(
    corpora.map(() => corpora.map(() => 0.3 + 0.6 * random.next())),
    corpora,
    corpora,
    {
      title: "UAR when trained on one corpus and tested on another",
      xTitle: "tested on",
      yTitle: "trained on",
      valueTitle: "UAR",
      valueFormat: "percent",
    },
  ),
  "heatmap-diverging": heatmap(
    ["loudness", "pitch"].map(() => emotions.map(() => 2 * random.next() - 1)),
    ["loudness", "pitch"],
    emotions,
    {
      title: "Difference from the speaker's mean",
      xTitle: "emotion",
      yTitle: "measure",
      valueTitle: "deviations",
      valueDomain: [-1, 1],
      colors: "diverging",
    },
  ),
  "bars-with-intervals": barsWithIntervals(
    ["combined", "speaker-independent"].flatMap((series) =>
      ["all", ...corpora].map((name, i) => {
        const value = (series === "combined" ? 0.72 : 0.6) + 0.06 * i;
        return { name, series, value, interval: [value - 0.03, value + 0.025] as const };
      }),
    ),
    {
      title: "UAR by corpus on both protocols",
      nameTitle: "corpus",
      valueTitle: "UAR",
      domain: [0, 1],
      references: [{ axis: "y", value: 0.125, label: "chance" }],
    },
  ),
  "bars-by-emotion": barsWithIntervals(
    emotions.map((name, i) => ({
      name,
      value: 0.5 + 0.05 * i,
      interval: [0.45 + 0.05 * i, 0.55 + 0.05 * i] as const,
    })),
    { title: "Recall by emotion", nameTitle: "emotion", valueTitle: "recall" },
  ),
  "dots-by-speaker": dotsWithIntervals(speakers, {
    title: "Accuracy by speaker, with 95% intervals",
    nameTitle: "speaker",
    valueTitle: "accuracy",
    references: [{ axis: "y", value: 0.62, label: "all" }],
  }),
  "dots-by-model": dotsWithIntervals(
    ["ResNet", "SimpleCNN on mel", "wav2vec 2.0 (frozen)", "Whisper base"].flatMap((name, i) =>
      ["combined", "speaker-independent"].map((series, k) => {
        const value = 0.55 + 0.07 * i - 0.1 * k;
        return { name, series, value, interval: [value - 0.02, value + 0.02] as const };
      }),
    ),
    { title: "UAR by model on both protocols", nameTitle: "", valueTitle: "UAR" },
  ),
  "distribution-by-emotion": distribution(
    emotions.map((group, i) => ({ group, values: normals(200, 160 + 15 * i, 30) })),
    { title: "Pitch by emotion", groupTitle: "emotion", valueTitle: "median pitch (Hz)" },
  ),
  "distribution-by-sex": distribution(
    ["female", "male"].flatMap((series, k) =>
      emotions.map((group, i) => ({ group, series, values: normals(200, 210 - 90 * k + 9 * i, 18) })),
    ),
    {
      title: "Pitch by emotion and sex",
      groupTitle: "emotion",
      valueTitle: "median pitch (Hz)",
      kind: "log",
    },
  ),
  "search-history": searchHistory(trials, "Search of resnet: trials"),
  "search-importance": settingImportance(
    settings.map(({ name }, i) => ({ setting: `training.${name}`, share: 0.4 / (i + 1) })),
    "Importance of each setting",
  ),
  "search-settings": parallelSettings(trials, settings, "Search of resnet: settings of each trial"),
  spectrogram: spectrogram(energies, frames, bands, {
    title: "Log-mel spectrogram of an angry sample voice",
    hopSeconds: 0.016,
    bandHz: melHz,
  }),
  saliency: spectrogram(energies, frames, bands, {
    title: "What the network listens to",
    hopSeconds: 0.016,
    bandHz: melHz,
    saliency,
  }),
  waveform: waveformChart(samples, 16_000, "Waveform of a sample voice"),
  histogram: histogram(
    { RAVDESS: normals(1440, 3.7, 0.3), "CREMA-D": normals(7442, 2.5, 0.5), TESS: normals(2798, 2.1, 0.3) },
    { title: "Duration of clips", valueTitle: "duration (s)" },
  ),
  "counts-stacked": countsByGroup(
    emotions.flatMap((name) => corpora.map((series) => ({ name, series, count: 100 + random.below(1200) }))),
    { title: "Clips of each emotion by corpus", nameTitle: "emotion" },
  ),
  "counts-grouped": countsByGroup(
    emotions.flatMap((name) =>
      ["female", "male"].map((series) => ({ name, series, count: 100 + random.below(900) })),
    ),
    { title: "Clips of each emotion by sex", nameTitle: "emotion", stacked: false },
  ),
  reliability: reliabilityCurve({
    "before scaling": Array.from({ length: 12 }, (_, i) => ({
      n: 20,
      confidence: 0.15 + 0.07 * i,
      accuracy: 0.12 + 0.055 * i,
    })),
    "after scaling (T = 1.4)": Array.from({ length: 15 }, (_, i) => ({
      n: i < 3 ? 0 : 20,
      confidence: i < 3 ? null : 0.03 + 0.065 * i,
      accuracy: i < 3 ? null : 0.02 + 0.066 * i,
    })),
  }),
};
