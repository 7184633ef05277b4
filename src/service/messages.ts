import type { WindowAnswer } from "../inference/predict.js";
import type { RecordingAnswer } from "../inference/timeline.js";

/** What a worker process is started with. */
export interface WorkerSettings {
  readonly model: string;
  readonly protocol?: string;
  readonly root: string;
}

/** What the one who asks must know of the model. */
export interface ModelFacts {
  /** The row's name in the results: `general`. */
  readonly name: string;
  readonly protocol: string;
  /** The classes in the order of the probabilities. */
  readonly labels: readonly string[];
  /** Samples at 16 kHz that the model sees at once. */
  readonly windowSamples: number;
  /** A confidence below this is unsure. */
  readonly unsureBelow?: number;
}

/** A whole recording as the bytes of its file. */
export interface RecordingTask {
  readonly kind: "recording";
  readonly bytes: Uint8Array;
  /** What errors call it. */
  readonly name: string;
  readonly maxSeconds: number;
  readonly hopSeconds?: number;
}

/** One window of a stream: samples at 16 kHz. */
export interface WindowTask {
  readonly kind: "window";
  readonly samples: Float32Array;
}

/** What a worker is asked for. */
export type Task = RecordingTask | WindowTask;

/** What it answers to each kind of task. */
export interface Answers {
  readonly recording: RecordingAnswer;
  readonly window: WindowAnswer;
}

/** Why a task has no answer, for the person who asked: an error's class does not cross processes. */
export interface TaskProblem {
  readonly message: string;
  /**
   * `no-audio`: it is no recording; `input`: something is wrong with the recording; `too-long`: it is longer than allowed;
   * `defect`: something is wrong here.
   */
  readonly reason: "no-audio" | "input" | "too-long" | "defect";
}

/** What a worker process tells. */
export type WorkerMessage =
  | { readonly kind: "ready"; readonly facts: ModelFacts }
  | { readonly kind: "unusable"; readonly message: string }
  /** A recording is sound by now, and so many windows of it are to be heard; its answer follows. */
  | { readonly kind: "decoded"; readonly windows: number }
  | { readonly kind: "answer"; readonly answer: Answers[Task["kind"]] }
  | { readonly kind: "problem"; readonly problem: TaskProblem };

/** The first message to a worker; tasks follow, one after the other. */
export interface StartMessage {
  readonly kind: "start";
  readonly settings: WorkerSettings;
}
