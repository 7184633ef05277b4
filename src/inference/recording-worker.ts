import { decodeAudio } from "../audio/decode.js";
import { readAudioFile } from "../audio/decode-file.js";
import type { Wave } from "../audio/wave.js";
import { type FileProblem, problemOrDefect } from "../core/errors.js";
import { handOver } from "../core/thread-pool.js";
import { loadVoiceActivity } from "./load-voice-activity.js";
import { type SpeechSegment, speechIn } from "./speech-segments.js";
import type { VoiceActivity } from "./voice-activity.js";

/** What a recording is before a model hears it. */
export interface HeardRecording {
  readonly wave: Wave;
  /** Where somebody speaks. */
  readonly speech: readonly SpeechSegment[];
}

/** A recording on the disk, or the bytes of one under the name that errors call it by. */
export interface RecordingTask {
  readonly path: string;
  readonly bytes?: Uint8Array;
}

/** Or what is wrong with the recording. */
export type RecordingResult = HeardRecording | FileProblem;

let activity: Promise<VoiceActivity> | null = null;

/** Longer sound is handed over to the thread that asked: a copy of two hours takes 460 MB. Shorter may lie in shared memory. */
const longSamples = 2 ** 20;

/** `hearRecording` in a worker thread. */
export default async function hearInThread(task: RecordingTask): Promise<RecordingResult> {
  const heard = await hearRecording(task);
  if ("problem" in heard || heard.wave.samples.length <= longSamples) return heard;
  return handOver(heard, [heard.wave.samples.buffer as ArrayBuffer]);
}

/** Decodes a recording and finds the speech in it. Never throws: what is wrong with one recording is told of it alone. */
export async function hearRecording({ path, bytes }: RecordingTask): Promise<RecordingResult> {
  try {
    const wave = await decodeAudio(bytes ?? (await readAudioFile(path)), path, { allowSilence: true });
    activity ??= loadVoiceActivity();
    return { wave, speech: speechIn(await activity, wave.samples) };
  } catch (error) {
    return problemOrDefect(path, error);
  }
}
