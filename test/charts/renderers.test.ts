import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Chart } from "../../src/charts/chart.js";
import { renderPlotly } from "../../src/charts/plotly.js";
import { rasterise, renderPng } from "../../src/charts/png.js";
import { renderSvg } from "../../src/charts/svg.js";
import { vegaLiteSpec } from "../../src/charts/vega-spec.js";
import { hostileNames, steering } from "../hostile-names.js";
import { type Drawn, readPlotly, readVega } from "./drawn-numbers.js";
import { gallery } from "./gallery.js";

const count = (drawn: Drawn): number => Object.values(drawn).reduce((sum, marks) => sum + marks.length, 0);

describe.each(Object.entries(gallery))("the chart %s", (_, chart) => {
  it("draws the same marks with the same numbers in plotly and in the picture", () => {
    const plotly = readPlotly(renderPlotly(chart));
    expect(count(plotly)).toBeGreaterThan(3);
    expect(readVega(vegaLiteSpec(chart))).toEqual(plotly);
  });

  it("is small enough for a notebook, and says what it is", async () => {
    const svg = await renderSvg(chart);
    const figure = renderPlotly(chart);
    expect(rasterise(svg, 2).length).toBeLessThan(80_000);
    // As the notebook's file has it: indented, each number of an array on a line of its own.
    expect(JSON.stringify(figure, null, 1).length).toBeLessThan(150_000);
    expect(svg).toContain('role="img" aria-label="');
    expect(svg).toContain(chart.title.slice(0, 20).split(" ").slice(0, 2).join(" "));
    expect(JSON.stringify(figure.layout)).toContain(chart.description);
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});

/** Width, height and the pixels' palette places of an indexed PNG. */
function readPng(png: Uint8Array) {
  const bytes = Buffer.from(png);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const chunks: Buffer[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString("latin1", at + 4, at + 8) === "IDAT")
      chunks.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return { width, height, rows: inflateSync(Buffer.concat(chunks)) };
}

describe("the static picture", () => {
  const chart = gallery["bars-by-emotion"]!;

  it("is twice the chart's size in pixels, or as many times as asked", async () => {
    expect(readPng(await renderPng(chart))).toMatchObject({ width: 1440, height: 760 });
    expect(readPng(await renderPng(chart, 1))).toMatchObject({ width: 720, height: 380 });
  });

  it("has its letters where no font is installed, and would not without ours", async () => {
    // The first rows of the picture hold nothing but the title.
    const inked = (png: Uint8Array): number => {
      const { width, rows } = readPng(png);
      let dots = 0;
      for (let y = 0; y < 66; y++)
        for (let x = 0; x < width; x++) if (rows[y * (width + 1) + 1 + x] !== rows[1]) dots += 1;
      return dots;
    };
    const svg = await renderSvg(chart);
    expect(inked(rasterise(svg, 2))).toBeGreaterThan(1500);
    expect(inked(rasterise(svg, 2, []))).toBe(0);
  });

  it("is the same to the byte when drawn again", async () => {
    expect(Buffer.compare(await renderPng(chart), await renderPng(chart))).toBe(0);
  });

  it("draws a spectrogram as one image, not as thousands of rectangles", async () => {
    const svg = await renderSvg(gallery.saliency!);
    expect(svg.match(/<image /g)).toHaveLength(2);
    expect(svg.length).toBeLessThan(60_000);
  });
});

describe("a malformed chart", () => {
  const good: Chart = {
    title: "T",
    description: "D",
    x: { title: "x", kind: "number" },
    y: { title: "y", kind: "number" },
    series: [{ mark: "line", name: "a", x: [1, 2], y: [1, 2] }],
  };
  it.each([
    [
      "a number that is none",
      { mark: "line", name: "a", x: [1, 2], y: [1, Number.NaN] },
      /series 1 \(a\): y\[1\] is NaN/,
    ],
    ["lengths that differ", { mark: "line", name: "a", x: [1, 2], y: [1] }, /y has 1 values instead of 2/],
    ["half an interval", { mark: "bar", name: "a", x: [1], y: [1], low: [0] }, /low and high go together/],
  ] as const)("with %s is refused by both renderers", async (_, series, message) => {
    const bad = { ...good, series: [series] } as unknown as Chart;
    expect(() => renderPlotly(bad)).toThrow(message);
    await expect(renderSvg(bad)).rejects.toThrow(message);
  });

  it("without a series is refused", () => {
    expect(() => renderPlotly({ ...good, series: [] })).toThrow(/no series/);
  });
});

describe("text from outside", () => {
  it("is drawn whatever characters stand in it, and is whole XML", async () => {
    const names = hostileNames.map((name) => `${name}\u0000\ud800`);
    const chart: Chart = {
      title: names[0]!,
      description: names.join(),
      x: { title: names[1]!, kind: "category", domain: names },
      y: { title: names[2]!, kind: "number" },
      series: [{ mark: "bar", name: names[3]!, x: names, y: names.map((_, i) => i) }],
    };
    expect((await renderPng(chart, 1)).length).toBeGreaterThan(1000);
    expect((await renderSvg(chart)).replaceAll("\t", " ")).not.toMatch(steering);
    expect(JSON.stringify(renderPlotly(chart))).not.toMatch(steering);
  });

  it("cannot break out of the SVG", async () => {
    const evil = '<script>alert("1")</script> & "more"';
    const chart = { ...gallery["bars-by-emotion"]!, title: evil, description: evil };
    const svg = await renderSvg(chart);
    expect(svg).not.toContain("<script");
    expect(rasterise(svg, 2).length).toBeGreaterThan(1000); // it parses
  });
});
