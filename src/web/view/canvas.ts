/** A canvas ready to be drawn on in CSS pixels, sharp on every screen, with the inks of the page's look. */
export interface Sheet {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly inks: Inks;
}

export interface Inks {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly paper: string;
  readonly accent: string;
}

/** Clears a canvas and fits it to its place. The inks are read from its own style, which follows light and dark. */
export function openSheet(canvas: HTMLCanvasElement): Sheet {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const style = getComputedStyle(canvas);
  const inks = {
    text: style.color,
    faint: style.outlineColor,
    line: style.borderTopColor,
    paper: style.backgroundColor,
    accent: style.caretColor,
  };
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  context.fillStyle = inks.paper;
  context.fillRect(0, 0, width, height);
  context.font = "12px system-ui, sans-serif";
  return { context, width, height, inks };
}

/** Draws the seconds from `start` to `end` along the bottom, ticks at round numbers; `x` gives the place of a second. */
export function drawTimeAxis(
  { context, width, height, inks }: Sheet,
  start: number,
  end: number,
  x: (seconds: number) => number,
): void {
  const step = roundStep((end - start) / Math.max(2, width / 90));
  context.fillStyle = inks.faint;
  context.textBaseline = "alphabetic";
  for (let tick = Math.ceil(start / step) * step; tick <= end + 1e-9; tick += step) {
    const at = x(tick);
    const label = `${Number(tick.toFixed(2))} s`;
    const half = context.measureText(label).width / 2;
    context.textAlign = "center";
    context.fillText(label, Math.min(width - half, Math.max(half, at)), height - 3);
  }
}

/** The smallest of 1, 2, 5, 10, … tenths of a second that is not below `least`. */
function roundStep(least: number): number {
  let unit = 0.1;
  for (;;) {
    for (const factor of [1, 2, 5]) if (factor * unit >= least) return factor * unit;
    unit *= 10;
  }
}

/** Draws now, and again whenever the canvas changes its size or the page its look. */
export function keepDrawn(canvas: HTMLCanvasElement, draw: () => void): void {
  new ResizeObserver(draw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
