import { availableParallelism } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../core/settings.js";
import { openThreadPool } from "../core/thread-pool.js";
import { hearRecording, type RecordingResult, type RecordingTask } from "./recording-worker.js";

/** Recordings that are decoded and searched for speech, several at once. */
export interface RecordingPool {
  /** Recordings in the order of the tasks. No more wait in memory than there are workers, and as many again. */
  hear(tasks: readonly RecordingTask[]): AsyncGenerator<RecordingResult>;
  close(): Promise<void>;
}

/**
 * Opens a pool for `recordings` of them: worker threads, one a core, or this thread alone where there are few. A model
 * does not run in the workers: TensorFlow spreads each of its steps over the cores by itself.
 */
export function openRecordingPool(recordings: number, workers = availableParallelism()): RecordingPool {
  // A thread takes longer to start than a few recordings to decode.
  if (recordings < 4 || workers < 2)
    return { hear: (tasks) => inOrder(tasks, 1, hearRecording), close: async () => {} };
  const pool = openThreadPool<RecordingTask, RecordingResult>({
    filename: join(packageRoot, "dist", "inference", "recording-worker.js"),
    maxThreads: Math.min(workers, recordings),
  });
  return {
    hear: (tasks) => inOrder(tasks, 2 * workers, pool.run),
    close: pool.close,
  };
}

async function* inOrder(
  tasks: readonly RecordingTask[],
  ahead: number,
  hear: (task: RecordingTask) => Promise<RecordingResult>,
): AsyncGenerator<RecordingResult> {
  const waiting: Promise<RecordingResult>[] = [];
  for (let next = 0; next < tasks.length || waiting.length > 0; ) {
    while (waiting.length < ahead && next < tasks.length) {
      const result = hear(tasks[next++]!);
      result.catch(() => undefined); // told when its turn comes
      waiting.push(result);
    }
    yield await waiting.shift()!;
  }
}
