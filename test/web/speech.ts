import { decodeAudio } from "../../src/audio/decode.js";
import { planSample } from "../../src/corpora/sample/plan.js";
import { sampleSpeakers } from "../../src/corpora/sample/speakers.js";
import { synthesiseSpeaker } from "../../src/corpora/sample/synthesise-speaker.js";

/** Clips of the synthetic sample speech, as the WAV files that they are. */
export async function sampleClips(speakerName: string, count: number): Promise<Uint8Array[]> {
  const speaker = sampleSpeakers.find(({ name }) => name === speakerName)!;
  const clips = planSample().filter((clip) => clip.speaker === speaker);
  const found: Uint8Array[] = [];
  for await (const { bytes } of synthesiseSpeaker(speaker, clips.slice(0, count))) found.push(bytes);
  return found;
}

/** Clips at 16 kHz one after the other, with so many seconds of silence behind each. */
export async function joinClips(clips: readonly Uint8Array[], pauseSeconds: number): Promise<Float32Array> {
  const parts: number[] = [];
  for (const clip of clips) {
    parts.push(...(await decodeAudio(clip, "clip")).samples, ...new Float32Array(pauseSeconds * 16_000));
  }
  return Float32Array.from(parts);
}
