import { emotionColors, inks } from "../../charts/palette.js";
import type { Stretch } from "../export-timeline.js";
import { drawTimeAxis, keepDrawn, openSheet, type Sheet } from "./canvas.js";

/** The emotions along a recording: the probabilities of each stretch stand on each other; nothing where nobody speaks. */
export interface TimelineView {
  show(timeline: readonly Stretch[], labels: readonly string[]): void;
}

/** While somebody speaks into the microphone the last minute is shown. */
const mostSeconds = 60;
const axisHeight = 20;

export function createTimelineView(canvas: HTMLCanvasElement): TimelineView {
  let timeline: readonly Stretch[] = [];
  let labels: readonly string[] = [];

  const draw = (): void => {
    const last = timeline.at(-1);
    if (last === undefined || canvas.clientWidth === 0) return;
    const isLive = canvas.dataset.live === "true" && last.end > mostSeconds;
    drawTimeline(openSheet(canvas), timeline, labels, isLive ? last.end - mostSeconds : 0);
  };
  keepDrawn(canvas, draw);

  return {
    show(next, names) {
      timeline = next;
      labels = names;
      draw();
    },
  };
}

/** The stretches from the second `begin` on, over all of the sheet. */
function drawTimeline(
  sheet: Sheet,
  timeline: readonly Stretch[],
  labels: readonly string[],
  begin: number,
): void {
  const { context, width, height, inks } = sheet;
  const end = timeline.at(-1)!.end;
  const bottom = height - axisHeight;
  const x = (seconds: number): number => ((seconds - begin) / (end - begin)) * width;
  context.fillStyle = inks.line;
  for (const share of [0, 0.5, 1]) context.fillRect(0, Math.round(share * (bottom - 1)), width, 1);
  for (const stretch of timeline) {
    if (!stretch.speech || stretch.end <= begin) continue;
    const left = Math.max(0, x(stretch.start));
    const gap = x(stretch.end) - left > 6 ? 1 : 0;
    let y = bottom;
    for (const [k, label] of labels.entries()) {
      const part = stretch.probabilities[k]! * bottom;
      context.fillStyle = emotionColors[label] ?? inks.faint;
      context.fillRect(left, y - part, x(stretch.end) - left - gap, part);
      y -= part;
    }
  }
  drawTimeAxis(sheet, begin, end, x);
}

const picture = { width: 1200, height: 420, margin: 24, plotTop: 92 };

/** A whole timeline as a picture of its own, with title and legend, dark on white as every figure of affectlab. */
export function paintTimeline(
  timeline: readonly Stretch[],
  labels: readonly string[],
  title: string,
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const { width, height, margin, plotTop } = picture;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d")!;
  context.fillStyle = inks.paper;
  context.fillRect(0, 0, width, height);
  context.fillStyle = inks.text;
  context.font = "600 20px system-ui, sans-serif";
  context.fillText(title, margin, 40, width - 2 * margin);
  context.font = "14px system-ui, sans-serif";
  let x = margin;
  for (const label of labels) {
    context.fillStyle = emotionColors[label] ?? inks.faint;
    context.fillRect(x, 59, 14, 14);
    context.fillStyle = inks.text;
    context.fillText(label, x + 20, 71);
    x += 20 + context.measureText(label).width + 24;
  }
  context.translate(margin, plotTop);
  const paper = { ...inks, line: inks.grid, accent: inks.text };
  const plot = { context, width: width - 2 * margin, height: height - plotTop - margin, inks: paper };
  drawTimeline(plot, timeline, labels, 0);
  return canvas;
}
