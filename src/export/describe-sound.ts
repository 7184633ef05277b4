import { LabError } from "../core/errors.js";
import { decibelsPerLog, lowestPower } from "../features/decibels.js";
import type { FeatureSpec, LogMelSpec } from "../features/feature-spec.js";
import { melFilters } from "../features/mel-filters.js";
import { hannWindow } from "../features/short-time.js";
import { powerSpectrum } from "./fourier.js";
import type { GraphBuilder, Value } from "./graph.js";

/** Frames of a sound of which the first so many are of the recording. */
export interface Described {
  /** [frames, bands]; what lies behind the last valid frame means nothing. */
  readonly values: Value;
  /** How many are valid, [1, 1]. */
  readonly count: Value;
  /** 1 for valid frames, 0 behind them, [frames, 1]. */
  readonly isFrame: Value;
}

/** A part of the sound, in samples, [1, 1] each. */
interface Part {
  readonly start: Value;
  readonly length: Value;
}

/** src/audio/trim.ts: librosa's rule. */
const trimFrame = 2048;
const trimHop = 512;

/** Keeps a division by the peak of silence finite. */
const smallestPeak = 1e-30;

/**
 * What `extractFeatures` (src/features/extract.ts) computes of a sound [1, samples], as operations on shapes that are
 * known beforehand: silence at the ends is not cut off but counted, the frames begin where the sound does, and behind
 * its end they are marked. Throws LabError for features that have no such form.
 */
export function describeSound(graph: GraphBuilder, sound: Value, spec: FeatureSpec): Described {
  if (spec.kind !== "log-mel" && spec.kind !== "whisper-mel") {
    throw new LabError(
      `Features of the kind ${spec.kind} cannot be carried over.`,
      "log-mel and whisper-mel can.",
    );
  }
  const samples = sound.shape[1]!;
  const layout =
    spec.kind === "log-mel"
      ? spec
      : { bands: spec.bands, windowLength: 400, hopLength: 160, lowestHz: 0, highestHz: 8000 };
  const { bands, windowLength, hopLength } = layout;
  const isWhisper = spec.kind === "whisper-mel";
  const part = soundingPart(graph, sound, spec.trimDecibels);
  const frames = Math.floor(samples / hopLength) + (isWhisper ? 0 : 1);
  const count = graph.add(wholeTimes(graph, part.length, hopLength), isWhisper ? 0 : 1);
  const isFrame = graph.isGreater(graph.subtract(count, 0.5), column(graph, frames)); // [frames, 1]
  const framed = frameSound(graph, sound, part, {
    frames,
    windowLength,
    hopLength,
    isMirrored: isWhisper,
    peakNormalise: spec.peakNormalise,
  }); // [frames, windowLength]
  const windowed = graph.multiply(framed, graph.constant(hannWindow(windowLength), [windowLength]));
  const power = powerSpectrum(graph, windowed);
  const filters = graph.constant(filterMatrix(layout, power.bins), [power.bins.length, bands]);
  const mel = graph.multiplyMatrices(power.values, filters, { exact: true }); // [frames, bands]
  const heard = graph.maximum(graph.multiply(mel, isFrame), lowestPower);
  const values = isWhisper ? whisperScale(graph, heard) : decibelScale(graph, heard, spec.topDecibels);
  return { values, count, isFrame };
}

/** 10 · log₁₀, not further than `topDecibels` below the loudest. */
function decibelScale(graph: GraphBuilder, power: Value, topDecibels: number | null): Value {
  const decibels = graph.multiply(graph.logarithm(power), decibelsPerLog);
  if (topDecibels === null) return decibels;
  return graph.maximum(decibels, graph.subtract(graph.largest(decibels, [0, 1]), topDecibels));
}

/** log₁₀, not further than 8 below the loudest, (x + 4) / 4. */
function whisperScale(graph: GraphBuilder, power: Value): Value {
  const logarithms = graph.multiply(graph.logarithm(power), 1 / Math.LN10);
  const limited = graph.maximum(logarithms, graph.subtract(graph.largest(logarithms, [0, 1]), 8));
  return graph.multiply(graph.add(limited, 4), 0.25);
}

/** From the first to the last frame within `trimDecibels` of the loudest one; null for all of the sound. */
function soundingPart(graph: GraphBuilder, sound: Value, trimDecibels: number | null): Part {
  const samples = sound.shape[1]!;
  if (trimDecibels === null) {
    return { start: graph.constant([0], [1, 1]), length: graph.constant([samples], [1, 1]) };
  }
  const frames = 1 + Math.floor(samples / trimHop);
  const hopsOfFrame = trimFrame / trimHop;
  const hops = frames - 1 + hopsOfFrame;
  const silence = (count: number): Value => graph.constant(new Float32Array(count), [1, count]);
  const before = trimFrame / 2;
  const padded = graph.concatenate([silence(before), sound, silence(hops * trimHop - before - samples)], 1);
  const squares = graph.multiply(padded, padded);
  const energies = graph.sum(graph.reshape(squares, [hops, trimHop]), [1]); // [hops, 1]
  const overlap = Array.from({ length: frames * hops }, (_, i) => {
    const [frame, hop] = [Math.floor(i / hops), i % hops];
    return hop >= frame && hop < frame + hopsOfFrame ? 1 / trimFrame : 0;
  });
  const summed = graph.multiplyMatrices(graph.constant(overlap, [frames, hops]), energies, { exact: true });
  const powers = graph.maximum(summed, lowestPower); // [frames, 1]
  const threshold = graph.multiply(graph.largest(powers, [0]), 10 ** (-trimDecibels / 10));
  const isSound = graph.isGreater(powers, threshold);
  const numbers = column(graph, frames);
  const fromEnd = graph.largest(graph.multiply(isSound, graph.subtract(frames, numbers)), [0]);
  const start = graph.multiply(graph.subtract(frames, fromEnd), trimHop); // [1, 1]
  const last = graph.largest(graph.multiply(isSound, numbers), [0]);
  const end = graph.minimum(graph.multiply(graph.add(last, 1), trimHop), samples);
  return { start, length: graph.subtract(end, start) };
}

interface FramingOfPart {
  readonly frames: number;
  readonly windowLength: number;
  readonly hopLength: number;
  /** What lies beyond the ends: the part mirrored, else silence. */
  readonly isMirrored: boolean;
  readonly peakNormalise: boolean;
}

/** Frame f of the part is centred on its sample f × hopLength: [frames, windowLength]. */
function frameSound(
  graph: GraphBuilder,
  sound: Value,
  { start, length }: Part,
  framing: FramingOfPart,
): Value {
  const { frames, windowLength, hopLength, isMirrored, peakNormalise } = framing;
  const samples = sound.shape[1]!;
  // Frames are made of whole blocks: as long as window and hop have in common.
  const block = greatestDivisor(windowLength, hopLength);
  const blocks = ((frames - 1) * hopLength + windowLength) / block;
  const blockStarts = Float32Array.from({ length: blocks }, (_, i) => i * block - windowLength / 2);
  const within = Float32Array.from({ length: block }, (_, i) => i);
  const place = graph.add(graph.constant(blockStarts, [blocks, 1]), graph.constant(within, [1, block]));
  const last = graph.subtract(length, 1);
  const inside = isMirrored
    ? graph.subtract(last, graph.absolute(graph.subtract(last, graph.absolute(place))))
    : place; // a place in the part, [blocks, block]
  const wanted = graph.add(graph.maximum(inside, 0), start);
  const index = graph.reshape(graph.minimum(wanted, samples - 1), [blocks * block]);
  const picked = graph.gather(graph.reshape(sound, [samples]), index, 0);
  let cut = graph.reshape(picked, [blocks, block]);
  if (!isMirrored) {
    const isBehindStart = graph.isGreater(place, -0.5);
    const isBeforeEnd = graph.isGreater(graph.subtract(length, 0.5), place);
    cut = graph.multiply(cut, graph.multiply(isBehindStart, isBeforeEnd));
  }
  if (peakNormalise) {
    const peak = graph.largest(graph.absolute(cut), [0, 1]); // [1, 1]
    cut = graph.divide(cut, graph.maximum(peak, smallestPeak));
  }
  const perFrame = windowLength / block;
  const first = hopLength / block;
  const blockNumbers = Float32Array.from(
    { length: frames * perFrame },
    (_, i) => Math.floor(i / perFrame) * first + (i % perFrame),
  );
  const together = graph.gather(cut, graph.constant(blockNumbers, [frames * perFrame]), 0);
  return graph.reshape(together, [frames, windowLength]);
}

/** The filters over the bins in this order, [bins, bands]. */
function filterMatrix(
  {
    bands,
    windowLength,
    lowestHz,
    highestHz,
  }: Omit<LogMelSpec, "kind" | "hopLength" | "topDecibels" | "trimDecibels" | "peakNormalise">,
  bins: readonly number[],
): Float32Array {
  const { firstBins, offsets, weights } = melFilters(bands, windowLength, lowestHz, highestHz);
  const rows = new Map(bins.map((bin, row) => [bin, row]));
  const matrix = new Float32Array(bins.length * bands);
  for (let band = 0; band < bands; band++) {
    for (let i = offsets[band]!; i < offsets[band + 1]!; i++) {
      const bin = firstBins[band]! + i - offsets[band]!;
      matrix[rows.get(bin)! * bands + band] = weights[i]!;
    }
  }
  return matrix;
}

/** 0, 1, 2, … as [count, 1]. */
export function column(graph: GraphBuilder, count: number): Value {
  return graph.constant(
    Array.from({ length: count }, (_, i) => i),
    [count, 1],
  );
}

/** How often a whole number holds another: the half keeps rounding away from the next whole number. */
function wholeTimes(graph: GraphBuilder, number: Value, divisor: number): Value {
  return graph.floor(graph.multiply(graph.add(number, 0.5), 1 / divisor));
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
