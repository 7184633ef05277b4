/**
 * The emotions' colours, the same in every figure. Chosen by search for the largest distance between any two in
 * normal vision and under protanopia, deuteranopia and tritanopia, at a contrast of at least 2.5 against white and
 * against near-black.
 */
export const emotionColors: Readonly<Record<string, string>> = {
  neutral: "#5c5c63",
  calm: "#3db391",
  happy: "#c98015",
  sad: "#2b4be0",
  angry: "#ae2a1f",
  fearful: "#b469e9",
  disgust: "#99a75a",
  surprised: "#e73aae",
};

/** Colours of series that are no emotions, in their order. */
export const seriesColors: readonly string[] = [
  "#2b4be0",
  "#c98015",
  "#3db391",
  "#ae2a1f",
  "#b469e9",
  "#5c5c63",
  "#e73aae",
  "#99a75a",
];

/** Ink, faint ink and lines on white: charts are white cards, so that they read the same on a dark page. */
export const inks = { text: "#1f2328", faint: "#59636e", grid: "#e4e8ec", line: "#8b949e", paper: "#ffffff" };

/** Colour scales of heatmaps: evenly spaced stops from low to high. */
export const colorScales = {
  blues: ["#f7fafd", "#d6e4f3", "#a9c8e6", "#6fa3d4", "#3d7abb", "#1f5699", "#0b3266"],
  magma: ["#000004", "#1d1147", "#51127c", "#832681", "#b73779", "#e75263", "#fc8961", "#fec488", "#fcfdbf"],
  diverging: ["#2166ac", "#67a9cf", "#d1e5f0", "#f7f7f7", "#fddbc7", "#ef8a62", "#b2182b"],
} as const;

/** The overlay's one colour; its opacity tells the value. */
export const overlayColor = "#00e5ff";

/** How opaque the overlay is at its high end. */
export const overlayOpacity = 0.6;

/** The colour of a series: its own, its emotion's, or the palette's at its place. */
export function colorOfSeries(series: { name: string; color?: string }, place: number): string {
  return series.color ?? emotionColors[series.name] ?? seriesColors[place % seriesColors.length]!;
}

/** Whether white text is to stand on a colour (#rrggbb): up to a contrast of 3.5, as eyes prefer it on full colours. */
export function wantsWhiteText(color: string): boolean {
  return relativeLuminance(color) < 0.25;
}

/** Relative luminance of #rrggbb, 0 for black to 1 for white (WCAG 2). */
export function relativeLuminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The colour of a scale at a share from 0 to 1, between its stops. */
export function colorAt(scale: keyof typeof colorScales, share: number): string {
  const stops = colorScales[scale];
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const below = Math.min(stops.length - 2, Math.floor(place));
  const mix = [1, 3, 5].map((at) => {
    const [a, b] = [stops[below]!, stops[below + 1]!].map((stop) =>
      Number.parseInt(stop.slice(at, at + 2), 16),
    );
    return Math.round(a! + (b! - a!) * (place - below))
      .toString(16)
      .padStart(2, "0");
  });
  return `#${mix.join("")}`;
}

/** Bars that carry intervals are lighter, so that the whisker's lower half shows. */
export const barOpacity = 0.65;
