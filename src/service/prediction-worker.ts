/**
 * A process that answers, one task after the other (see prediction-workers.ts): it holds the model and the decoders, so
 * that the server's own thread never waits for them and a recording that breaks them takes nothing else along.
 */

import { NoAudioError } from "../audio/audio-errors.js";
import { decodeAudio } from "../audio/decode.js";
import { TooLargeError } from "../audio/limits.js";
import { sampleRateHz } from "../audio/wave.js";
import { LabError, messageOf } from "../core/errors.js";
import { loadPredictor } from "../inference/load-predictor.js";
import { loadVoiceActivity } from "../inference/load-voice-activity.js";
import { hearWaves, type Predictor, windowSamples } from "../inference/predict.js";
import { speechIn } from "../inference/speech-segments.js";
import { answerRecording } from "../inference/timeline.js";
import type { VoiceActivity } from "../inference/voice-activity.js";
import type {
  Answers,
  ModelFacts,
  StartMessage,
  Task,
  TaskProblem,
  WorkerMessage,
  WorkerSettings,
} from "./messages.js";
import { recordingLimits } from "./recording-limits.js";

interface Tools {
  readonly predictor: Predictor;
  readonly activity: VoiceActivity;
}

async function open({ model, protocol, root }: WorkerSettings): Promise<Tools & { facts: ModelFacts }> {
  const predictor = await loadPredictor({ model, root, ...(protocol !== undefined && { protocol }) });
  const activity = await loadVoiceActivity();
  const { card } = predictor;
  const length = windowSamples(predictor);
  // The first forward pass lays out TensorFlow's kernels and takes ten times as long as those after it.
  hearWaves(predictor, [{ samples: new Float32Array(length), sampleRate: sampleRateHz }]);
  const facts = {
    ...{ name: card.name, protocol: card.protocol, labels: card.labels, windowSamples: length },
    ...(card.unsureBelow !== undefined && { unsureBelow: card.unsureBelow }),
  };
  return { predictor, activity, facts };
}

async function answer(task: Task, { predictor, activity }: Tools): Promise<Answers[Task["kind"]]> {
  if (task.kind === "window") {
    return hearWaves(predictor, [{ samples: task.samples, sampleRate: sampleRateHz }])[0]!;
  }
  const { bytes, name, maxSeconds, hopSeconds } = task;
  const wave = await decodeAudio(bytes, name, { allowSilence: true, limits: recordingLimits(maxSeconds) });
  const seconds = wave.samples.length / sampleRateHz;
  if (seconds > maxSeconds) {
    throw new TooLargeError(
      `${name} is ${seconds.toFixed(0)} s long, and at most ${maxSeconds} s are answered at once.`,
      "Cut it into parts, or stream it.",
    );
  }
  // Longer entries are heard in parts of more than a second (`answerRecording`).
  tell({ kind: "decoded", windows: Math.ceil(seconds / Math.min(hopSeconds ?? 1, 1)) });
  const speech = speechIn(activity, wave.samples);
  return answerRecording(predictor, wave, speech, hopSeconds === undefined ? {} : { hopSeconds });
}

function problemOf(error: unknown): TaskProblem {
  if (error instanceof TooLargeError) return { message: error.message, reason: "too-long" };
  if (error instanceof NoAudioError) return { message: error.message, reason: "no-audio" };
  if (error instanceof LabError) return { message: error.message, reason: "input" };
  return { message: messageOf(error), reason: "defect" };
}

function tell(message: WorkerMessage): void {
  process.send?.(message);
}

let tools: Promise<Tools> | null = null;

process.on("message", async (message: StartMessage | Task) => {
  if (message.kind === "start") {
    const opened = open(message.settings);
    tools = opened;
    await opened.then(
      ({ facts }) => tell({ kind: "ready", facts }),
      (error: unknown) => tell({ kind: "unusable", message: messageOf(error) }),
    );
    return;
  }
  try {
    tell({ kind: "answer", answer: await answer(message, await tools!) });
  } catch (error) {
    tell({ kind: "problem", problem: problemOf(error) });
  }
});

// Ctrl-C reaches every process of a terminal: what was accepted is answered all the same, and the server ends this one.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("disconnect", () => process.exit(0));
