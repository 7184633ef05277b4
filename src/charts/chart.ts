/**
 * A chart as a plain description that every viewer can show: marks over two axes, no file, no display. Two
 * renderers, plotly JSON and a static picture, draw the same data.
 */
export interface Chart {
  readonly title: string;
  /** One sentence for those who cannot see it; also the picture's alternative text. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Pixels; 720 × 400 where absent. */
  readonly width?: number;
  readonly height?: number;
  /** Bars and points lie on their side: x (the categories) runs down, y to the right. For long names. */
  readonly horizontal?: boolean;
  /** Bars of one x stand on each other instead of beside each other. */
  readonly stacked?: boolean;
  /** Lines across the plot with a label: chance, a published figure, the best epoch. */
  readonly references?: readonly Reference[];
}

export interface Reference {
  readonly axis: "x" | "y";
  readonly value: number;
  readonly label: string;
}

export interface Axis {
  readonly title: string;
  readonly kind: "number" | "category" | "log";
  /** For categories: the order. For numbers: [low, high]. */
  readonly domain?: readonly string[] | readonly [number, number];
  /** How ticks are written: "percent" takes 0.73 to 73%. */
  readonly format?: "number" | "percent" | "seconds";
  /** Where ticks stand and what they say, where round numbers of the axis say little (bands of a spectrogram). */
  readonly ticks?: readonly { readonly value: number; readonly label: string }[];
}

export type Series = LineSeries | BarSeries | PointSeries | HeatmapSeries | BoxSeries;

interface Named {
  /** What the legend says; an empty name keeps the series out of the legend. */
  readonly name: string;
  /** A colour as #rrggbb; where absent, an emotion's own colour, else the palette's next. */
  readonly color?: string;
}
export interface LineSeries extends Named {
  readonly mark: "line";
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** A band around the line, such as a 95% interval. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  readonly dashed?: boolean;
}
export interface BarSeries extends Named {
  readonly mark: "bar";
  readonly x: readonly (string | number)[];
  readonly y: readonly number[];
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}
export interface PointSeries extends Named {
  readonly mark: "point";
  readonly x: readonly (string | number)[];
  readonly y: readonly number[];
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  readonly labels?: readonly string[];
}
/** A matrix of values; `text` is written into the cells when given. Rows go with y, columns with x. */
export interface HeatmapSeries extends Named {
  readonly mark: "heatmap";
  readonly x: readonly (string | number)[];
  readonly y: readonly (string | number)[];
  readonly values: readonly (readonly number[])[];
  readonly text?: readonly (readonly string[])[];
  readonly valueTitle: string;
  /** The colours' range; that of the values where absent. */
  readonly valueDomain?: readonly [number, number];
  readonly valueFormat?: "number" | "percent";
  /**
   * `blues` for counts and shares, `magma` for energies, `diverging` for differences around the domain's middle,
   * `overlay` for a layer of emphasis over another heatmap: transparent at the low end, opaque at the high end.
   */
  readonly colors?: "blues" | "magma" | "diverging" | "overlay";
}
/** Distributions beside each other: one box (5%, quartiles, median, 95%) a group. */
export interface BoxSeries extends Named {
  readonly mark: "box";
  readonly groups: readonly string[];
  readonly quantiles: readonly {
    low: number;
    q1: number;
    median: number;
    q3: number;
    high: number;
    n: number;
  }[];
}
