import { colorAt, overlayColor } from "../../charts/palette.js";
import type { SoundPicture } from "../messages.js";
import { drawTimeAxis, keepDrawn, openSheet } from "./canvas.js";

/** The picture of a sound: its waveform over its spectrogram. */
export interface SoundView {
  show(sound: SoundPicture): void;
  /** Whether what the model listened to is laid over it. */
  setOverlay(isShown: boolean): void;
  /** Draws a line at the second that is played. */
  setPosition(seconds: number): void;
}

const waveformShare = 0.24;
const axisHeight = 20;
const labelWidth = 34;
/** Where the spectrogram's scale is marked, Hz. */
const marks = [250, 500, 1000, 2000, 4000];

export function createSoundView(canvas: HTMLCanvasElement): SoundView {
  let sound: SoundPicture | null = null;
  let layers: { readonly energies: HTMLCanvasElement; readonly heard: HTMLCanvasElement | null } | null =
    null;
  let isOverlaid = true;
  let position = 0;

  const draw = (): void => {
    if (sound === null || layers === null || canvas.clientWidth === 0) return;
    const sheet = openSheet(canvas);
    const { context, width, height, inks } = sheet;
    const plotWidth = width - labelWidth;
    const waveHeight = height * waveformShare;
    const top = waveHeight + 8;
    const bottom = height - axisHeight;
    const x = (seconds: number): number => labelWidth + (seconds / sound!.seconds) * plotWidth;

    drawWaveform(context, sound.peaks, labelWidth, plotWidth, waveHeight, inks.accent);
    context.imageSmoothingEnabled = true;
    context.drawImage(layers.energies, labelWidth, top, plotWidth, bottom - top);
    if (isOverlaid && layers.heard !== null) {
      context.drawImage(layers.heard, labelWidth, top, plotWidth, bottom - top);
    }
    context.fillStyle = inks.faint;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const hertz of marks) {
      const band = sound.bandHz.findIndex((centre) => centre >= hertz);
      if (band < 0) continue;
      const y = bottom - ((band + 0.5) / sound.bands) * (bottom - top);
      context.fillText(hertz < 1000 ? `${hertz}` : `${hertz / 1000}k`, labelWidth - 6, y);
    }
    drawTimeAxis(sheet, 0, sound.seconds, x);
    if (position > 0 && position < sound.seconds) {
      context.fillStyle = inks.text;
      context.fillRect(x(position) - 1, 0, 2, bottom);
    }
  };
  keepDrawn(canvas, draw);

  return {
    show(next) {
      sound = next;
      position = 0;
      layers = { energies: energiesOf(next), heard: next.heard && heardOf(next, next.heard) };
      draw();
    },
    setOverlay(isShown) {
      isOverlaid = isShown;
      draw();
    },
    setPosition(seconds) {
      position = seconds;
      draw();
    },
  };
}

function drawWaveform(
  context: CanvasRenderingContext2D,
  peaks: Float32Array,
  left: number,
  width: number,
  height: number,
  color: string,
): void {
  const most = peaks.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-9);
  const y = (value: number): number => height / 2 - (value / most) * (height / 2 - 1);
  const columns = peaks.length / 2;
  context.fillStyle = color;
  context.beginPath();
  for (let i = 0; i < columns; i++) context.lineTo(left + (i / columns) * width, y(peaks[2 * i + 1]!) - 0.5);
  for (let i = columns - 1; i >= 0; i--) context.lineTo(left + (i / columns) * width, y(peaks[2 * i]!) + 0.5);
  context.fill();
}

/** The colours of 256 energies. */
const scale = Array.from({ length: 256 }, (_, i) => rgbOf(colorAt("magma", i / 255)));
const overlay = rgbOf(overlayColor);
/** How opaque the overlay is at its most, of 255. */
const mostOpaque = 165;

function energiesOf({ energies, frames, bands }: SoundPicture): HTMLCanvasElement {
  return paint(energies, frames, bands, (value) => [...scale[value]!, 255]);
}

function heardOf({ frames, bands }: SoundPicture, heard: Uint8Array): HTMLCanvasElement {
  return paint(heard, frames, bands, (value) => [...overlay, Math.round((mostOpaque * value) / 255)]);
}

type Rgb = [red: number, green: number, blue: number];

/** A picture with a pixel a cell, time to the right, bands upwards. */
function paint(
  cells: Uint8Array,
  frames: number,
  bands: number,
  colorOf: (value: number) => [...Rgb, alpha: number],
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = frames;
  canvas.height = bands;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(frames, bands);
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < bands; band++) {
      const color = colorOf(cells[frame * bands + band]!);
      image.data.set(color, 4 * ((bands - 1 - band) * frames + frame));
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function rgbOf(hex: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as Rgb;
}
