import type { EmotionAnswer } from "../inference/predict.js";
import type { RecordingAnswer } from "../inference/timeline.js";

/** What can compute in a browser, the quickest first. */
export const backendNames = ["webgpu", "webgl", "wasm"] as const;
export type BackendName = (typeof backendNames)[number];

/** What the page asks of its worker. */
export type WorkerRequest =
  /** Loads the model; `backend` null takes the quickest that is there. */
  | { readonly kind: "open"; readonly backend: BackendName | null }
  /** Answers for a recording. */
  | { readonly kind: "hear"; readonly id: number; readonly file: File }
  /** Answers for a microphone: mono samples (Float32Array) come through the port. */
  | { readonly kind: "listen"; readonly id: number; readonly rateHz: number; readonly port: MessagePort }
  /** Ends listening; the whole recording is answered under the id it was begun with. */
  | { readonly kind: "stop" };

/** What the worker tells the page. */
export type WorkerReport =
  | { readonly kind: "ready"; readonly model: ModelFacts; readonly backend: string }
  | { readonly kind: "answer"; readonly id: number; readonly answer: RecordingAnswer }
  | { readonly kind: "sound"; readonly id: number; readonly sound: SoundPicture }
  | { readonly kind: "stretch"; readonly id: number; readonly stretch: LiveStretch }
  | { readonly kind: "level"; readonly id: number; readonly level: number; readonly seconds: number }
  /** `id` null: the page cannot be used. */
  | { readonly kind: "problem"; readonly id: number | null; readonly problem: Problem };

/** What went wrong: a sentence for people, or the name of one in strings.ts. */
export type Problem = { readonly sentence: string } | { readonly name: "silent" | "noModel" | "noBackend" };

/** What the page shows of the model. */
export interface ModelFacts {
  readonly name: string;
  readonly parameters: number;
  readonly labels: readonly string[];
  /** On test clips of new voices, 0 to 1, with its 95% interval by clip; null where the card has none. */
  readonly accuracy: {
    readonly value: number;
    readonly interval: readonly [number, number];
    readonly n: number;
  } | null;
  /** Whether the weights are those that the page was made for, or stand in for them. */
  readonly isPageModel: boolean;
}

/** What was said of the last moments of a microphone. */
export interface LiveStretch extends EmotionAnswer {
  /** Seconds from the beginning; each stretch begins where the one before ended. */
  readonly start: number;
  readonly end: number;
  readonly speech: boolean;
  /** Seconds that the answers lag behind the sound. */
  readonly behind: number;
}

/** A sound as the page draws it. */
export interface SoundPicture {
  readonly seconds: number;
  /** The lowest and the highest sample of each column: [columns × 2]. */
  readonly peaks: Float32Array;
  /** The log-mel spectrogram, 0 to 255, frame by frame from low to high bands: [frames × bands]. */
  readonly energies: Uint8Array;
  /** What the model listened to, 0 to 255, as the energies lie; null where it cannot tell. */
  readonly heard: Uint8Array | null;
  readonly frames: number;
  readonly bands: number;
  /** The centre of each band, Hz. */
  readonly bandHz: readonly number[];
  /** What the player plays: the recording of a microphone as a WAV file; absent for a file, which plays itself. */
  readonly wav?: Uint8Array;
}
