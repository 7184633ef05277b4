import { encodeWav } from "../audio/encode-wav.js";
import type { Wave } from "../audio/wave.js";
import type { Chart } from "../charts/chart.js";
import { renderPlotly } from "../charts/plotly.js";
import { renderPng } from "../charts/png.js";
import { LabError } from "../core/errors.js";
import { type DisplayBundle, writeBundle } from "./kernel-output.js";
import { escapeHtml } from "./reports/escape.js";
import { renderTable, type TableData, type TableOptions } from "./table.js";

/** The MIME type of an interactive plotly figure, which the lab's plotly renderer draws. */
export const plotlyType = "application/vnd.plotly.v1+json";

/** Longest sound that may lie in a notebook: 16-bit samples take 43 KB a second as text. */
const longestSoundSeconds = 10;

function display(bundle: DisplayBundle): void {
  if (!writeBundle(bundle))
    throw new LabError(
      "Nothing can be shown here: this is no notebook.",
      "Run it in a notebook with the affectlab kernel, or write the chart with renderPng or renderSvg.",
    );
}

/**
 * Shows a chart below the cell, as one output of several forms: the plotly figure (JupyterLab, where it becomes
 * interactive under the mouse, and the HTML report), a PNG (GitHub), and the description (where neither can be drawn).
 * No script goes into the notebook.
 * Throws LabError outside a notebook or for a malformed chart.
 */
export async function show(chart: Chart): Promise<void> {
  // JupyterLab's plotly renderer shows the picture, every pixel of it, until the mouse comes: so at the figure's size.
  const png = await renderPng(chart, 1);
  display({
    data: {
      [plotlyType]: renderPlotly(chart),
      "image/png": Buffer.from(png).toString("base64"),
      "text/plain": chart.description,
    },
  });
}

/**
 * Shows rows or a danfojs DataFrame as a table, at most 20 rows unless told otherwise. Text is escaped. Throws
 * LabError outside a notebook.
 */
export function showTable(data: TableData, options: TableOptions = {}): void {
  const { html, text } = renderTable(data, options);
  display({ data: { "text/html": html, "text/plain": text } });
}

/** Shows text written in Markdown, such as a conclusion with the run's own numbers. Throws LabError outside a notebook. */
export function showMarkdown(text: string): void {
  display({ data: { "text/markdown": text, "text/plain": text } });
}

/**
 * Shows a player for a sound of at most ten seconds; the samples go into the notebook as 16-bit WAV. Only sample
 * speech and CREMA-D may be published so. Throws LabError outside a notebook or for a longer sound.
 */
export function showSound(wave: Wave, caption = ""): void {
  const seconds = wave.samples.length / wave.sampleRate;
  if (!(seconds > 0 && seconds <= longestSoundSeconds))
    throw new LabError(
      `The sound lasts ${seconds.toFixed(1)} s.`,
      `A notebook takes sounds of up to ${longestSoundSeconds} s: cut it first.`,
    );
  const wav = Buffer.from(encodeWav(wave.samples, wave.sampleRate)).toString("base64");
  const label = caption === "" ? "" : `<figcaption>${escapeHtml(caption)}</figcaption>`;
  display({
    data: {
      "text/html": `<figure>${label}<audio controls preload="metadata" src="data:audio/wav;base64,${wav}"></audio></figure>`,
      "text/plain": `${caption === "" ? "Sound" : caption} (${seconds.toFixed(1)} s)`,
    },
  });
}
