import { decodeFile } from "../../audio/decode-file.js";
import { trimSilence } from "../../audio/trim.js";
import { type ProgressListener, trackProgress } from "../../core/progress.js";
import { createRandom } from "../../core/random.js";
import type { Clip } from "../../corpora/clip.js";
import { spectralDescriptors, summariseDescriptors } from "../../features/descriptors.js";
import { trackPitch } from "../../features/pitch.js";

/** What a clip sounds like, in numbers. */
export interface ClipMeasures {
  readonly clip: Clip;
  /** Root mean square of the whole clip, dB under full scale. */
  readonly loudnessDecibels: number;
  /** Median fundamental frequency of voiced frames, Hz; null when no frame is voiced. */
  readonly pitchHz: number | null;
  /** From the 10% to the 90% quantile of the fundamental frequency, semitones; null when no frame is voiced. */
  readonly pitchRangeSemitones: number | null;
  /** Mean centre of gravity of the spectrum, Hz. */
  readonly centroidHz: number;
  /** Seconds left after silence at both ends is cut. */
  readonly speechSeconds: number;
}

/**
 * At most so many clips of every corpus and emotion, drawn with a seed: enough for a picture, at a share of the time.
 */
export function sampleEvenly(clips: readonly Clip[], perGroup: number, seed = 42): Clip[] {
  const groups = new Map<string, Clip[]>();
  for (const clip of createRandom(seed).shuffle([...clips])) {
    const key = `${clip.corpus}/${clip.emotion}`;
    const group = groups.get(key) ?? [];
    if (group.length < perGroup) group.push(clip);
    groups.set(key, group);
  }
  return [...groups.values()].flat().sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Decodes and measures clips one after another. */
export async function measureClips(
  clips: readonly Clip[],
  onProgress?: ProgressListener,
): Promise<ClipMeasures[]> {
  const progress = trackProgress("measure", clips.length, onProgress);
  const measures: ClipMeasures[] = [];
  for (const clip of clips) {
    const { samples } = await decodeFile(clip.path);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const speech = trimSilence(samples, 35);
    const pitches = voicedPitches(speech);
    const at = (share: number): number => pitches[Math.floor(share * (pitches.length - 1))]!;
    measures.push({
      clip,
      loudnessDecibels: 10 * Math.log10(power),
      pitchHz: pitches.length === 0 ? null : at(0.5),
      pitchRangeSemitones: pitches.length === 0 ? null : 12 * Math.log2(at(0.9) / at(0.1)),
      centroidHz: summariseDescriptors(spectralDescriptors(speech)).centroidHz.mean,
      speechSeconds: speech.length / 16_000,
    });
    progress.advance();
    await new Promise(setImmediate);
  }
  return measures;
}

function voicedPitches(samples: Float32Array): number[] {
  return [...trackPitch(samples).hz].filter((hz): hz is number => hz !== null).sort((a, b) => a - b);
}
