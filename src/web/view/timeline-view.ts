import { emotionColors } from "../../charts/palette.js";
import type { Stretch } from "../export-timeline.js";
import { drawTimeAxis, keepDrawn, openSheet } from "./canvas.js";

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
    const sheet = openSheet(canvas);
    const { context, width, height, inks } = sheet;
    const bottom = height - axisHeight;
    const isLive = timeline.length > 1 && last.end > mostSeconds && canvas.dataset.live === "true";
    const begin = isLive ? last.end - mostSeconds : 0;
    const x = (seconds: number): number => ((seconds - begin) / (last.end - begin)) * width;
    context.fillStyle = inks.line;
    for (const share of [0, 0.5, 1]) context.fillRect(0, Math.round(share * (bottom - 1)), width, 1);
    for (const { start, end, speech, probabilities } of timeline) {
      if (!speech || end <= begin) continue;
      const left = Math.max(0, x(start));
      const gap = x(end) - left > 6 ? 1 : 0;
      let y = bottom;
      for (const [k, label] of labels.entries()) {
        const part = probabilities[k]! * bottom;
        context.fillStyle = emotionColors[label] ?? inks.faint;
        context.fillRect(left, y - part, x(end) - left - gap, part);
        y -= part;
      }
    }
    drawTimeAxis(sheet, begin, last.end, x);
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
