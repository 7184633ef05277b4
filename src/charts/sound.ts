import { LabError } from "../core/errors.js";
import type { Axis, Chart, HeatmapSeries } from "./chart.js";

/** Most frames and bands that a picture holds; more are averaged together. */
const mostFrames = 188;
const mostBands = 64;
/** Columns of a waveform: one stroke from the lowest to the highest sample each. */
const waveformColumns = 600;

export interface SpectrogramOptions {
  readonly title: string;
  readonly description?: string;
  /** Seconds from one frame to the next. */
  readonly hopSeconds: number;
  /** Centre frequency of each band in Hz, rising: gives the axis its frequencies; band numbers where absent. */
  readonly bandHz?: ArrayLike<number>;
  /** "dB" where absent. */
  readonly valueTitle?: string;
  /** What the model listens to, frames × bands like the values, 0 or more: laid over, opaque where largest. */
  readonly saliency?: ArrayLike<number>;
}

/**
 * A spectrogram: time to the right, bands upwards. `values` holds frame by frame, value of frame f and band b at
 * f * bands + b. At most 188 × 64 cells are drawn. Throws LabError when a length is not frames × bands.
 */
export function spectrogram(
  values: ArrayLike<number>,
  frames: number,
  bands: number,
  options: SpectrogramOptions,
): Chart {
  const { title, hopSeconds, bandHz, valueTitle = "dB", saliency } = options;
  for (const [what, given, wanted] of [
    ["values", values, frames * bands],
    ["saliency", saliency ?? values, frames * bands],
    ["bandHz", bandHz ?? { length: bands }, bands],
  ] as const)
    if (given.length !== wanted || wanted === 0)
      throw new LabError(
        `spectrogram: ${what} has ${given.length} values; ${frames} frames × ${bands} bands need ${wanted}.`,
        "Give the features with their own frames and bands.",
      );
  const cells = averageCells(values, frames, bands);
  const framesEach = Math.ceil(frames / mostFrames);
  const bandsEach = Math.ceil(bands / mostBands);
  const x = cells[0]!.map((_, column) => (column + 0.5) * framesEach * hopSeconds);
  const y = cells.map((_, row) => row * bandsEach + (bandsEach - 1) / 2);
  const layer = (layerValues: number[][], look: Partial<HeatmapSeries>): HeatmapSeries => ({
    mark: "heatmap",
    name: "",
    x,
    y,
    values: layerValues,
    valueTitle,
    ...look,
  });
  const series = [layer(cells, { colors: "magma" })];
  if (saliency !== undefined) {
    const emphasis = averageCells(saliency, frames, bands);
    const largest = Math.max(...emphasis.flat()) || 1;
    // Two decimals: opacity shows no more, and the figure stays small.
    const shares = emphasis.map((row) =>
      row.map((value) => Math.round((100 * Math.max(0, value)) / largest) / 100),
    );
    series.push(layer(shares, { colors: "overlay", valueDomain: [0, 1], valueTitle: "saliency" }));
  }
  return {
    title,
    description:
      options.description ??
      `Spectrogram of ${(frames * hopSeconds).toFixed(1)} seconds in ${bands} bands${saliency ? ", with what the model listens to marked" : ""}.`,
    x: {
      title: "time",
      kind: "number",
      format: "seconds",
      domain: [0, cells[0]!.length * framesEach * hopSeconds],
    },
    y: bandAxis(bands, bandHz, [-0.5, cells.length * bandsEach - 0.5]),
    series,
    height: 320,
  };
}

/** Means over blocks, transposed: [bands][frames], one decimal (dB shows no more). */
function averageCells(values: ArrayLike<number>, frames: number, bands: number): number[][] {
  const framesEach = Math.ceil(frames / mostFrames);
  const bandsEach = Math.ceil(bands / mostBands);
  return Array.from({ length: Math.ceil(bands / bandsEach) }, (_, row) =>
    Array.from({ length: Math.ceil(frames / framesEach) }, (_, column) => {
      let sum = 0;
      let count = 0;
      for (let f = column * framesEach; f < Math.min(frames, (column + 1) * framesEach); f++)
        for (let b = row * bandsEach; b < Math.min(bands, (row + 1) * bandsEach); b++) {
          sum += values[f * bands + b]!;
          count += 1;
        }
      return Number((sum / count).toPrecision(3));
    }),
  );
}

function bandAxis(bands: number, bandHz: ArrayLike<number> | undefined, domain: [number, number]): Axis {
  if (bandHz === undefined) return { title: "band", kind: "number", domain };
  const ticks = [125, 250, 500, 1000, 2000, 4000, 8000].flatMap((hertz) => {
    const value = placeOf(hertz, bandHz, bands);
    return value === null ? [] : [{ value, label: hertz < 1000 ? `${hertz}` : `${hertz / 1000}k` }];
  });
  return { title: "frequency (Hz)", kind: "number", domain, ticks };
}

/** Where a frequency lies between the bands' centres, in bands from 0; null outside. */
function placeOf(hertz: number, bandHz: ArrayLike<number>, bands: number): number | null {
  for (let b = 1; b < bands; b++) {
    const [below, above] = [bandHz[b - 1]!, bandHz[b]!];
    if (below <= hertz && hertz <= above && above > below)
      return Number((b - 1 + (hertz - below) / (above - below)).toPrecision(4));
  }
  return null;
}

/** A sound's waveform: the lowest and highest sample of each of 600 columns. Throws LabError for no samples. */
export function waveformChart(samples: ArrayLike<number>, sampleRateHz: number, title: string): Chart {
  if (samples.length === 0) throw new LabError("The sound has no samples.", "Give at least one.");
  const columns = Math.min(waveformColumns, samples.length);
  const x: number[] = [];
  const y: number[] = [];
  for (let column = 0; column < columns; column++) {
    const start = Math.floor((column * samples.length) / columns);
    const end = Math.floor(((column + 1) * samples.length) / columns);
    let [low, high] = [samples[start]!, samples[start]!];
    for (let i = start; i < end; i++) [low, high] = [Math.min(low, samples[i]!), Math.max(high, samples[i]!)];
    const seconds = start / sampleRateHz;
    x.push(seconds, seconds);
    y.push(low, high);
  }
  const seconds = samples.length / sampleRateHz;
  const peak = Math.max(...y.map(Math.abs)) || 1;
  return {
    title,
    description: `Waveform of ${seconds.toFixed(2)} seconds with a peak of ${peak.toPrecision(2)}.`,
    x: { title: "time", kind: "number", format: "seconds", domain: [0, seconds] },
    y: { title: "amplitude", kind: "number", domain: [-1.05 * peak, 1.05 * peak] },
    series: [{ mark: "line", name: "", x, y }],
    height: 220,
  };
}
