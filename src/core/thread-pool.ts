import { Piscina } from "piscina";
import type { FileProblem } from "./errors.js";

/** Worker threads that do tasks which name a file. */
export interface ThreadPool<Task extends { readonly path: string }, Answer> {
  /**
   * Does a task in one of the threads; again in another one when its thread ends meanwhile (out of memory, a decoder that
   * takes it down), until three have ended over it: a file that no thread survives has a problem like one that cannot be
   * decoded.
   */
  run(task: Task): Promise<Answer | FileProblem>;
  close(): Promise<void>;
}

export interface ThreadPoolOptions {
  /** The compiled module whose default function does a task. */
  readonly filename: string;
  readonly minThreads?: number;
  readonly maxThreads: number;
}

/**
 * A worker's answer of which `buffers` go over to the thread that asked for it, instead of being copied; the worker has them
 * no more.
 */
export function handOver<Answer>(answer: Answer, buffers: readonly ArrayBuffer[]): Answer {
  const movable = { [Piscina.transferableSymbol]: [...buffers], [Piscina.valueSymbol]: answer };
  return Piscina.move(movable as unknown as ArrayBuffer) as unknown as Answer; // Piscina unwraps it
}

const mostThreadsLost = 3;

/** Opens a pool of worker threads. */
export function openThreadPool<Task extends { readonly path: string }, Answer>(
  options: ThreadPoolOptions,
): ThreadPool<Task, Answer> {
  const pool = new Piscina<Task, Answer>(options);
  pool.on("error", () => undefined); // of a thread that ended without a task: there is another for the next one
  return {
    async run(task) {
      for (let lost = 0; lost < mostThreadsLost; ) {
        try {
          return await pool.run(task);
        } catch (error) {
          if (!isThreadLost(error)) throw error;
          lost++;
        }
      }
      return {
        problem: `${task.path} could not be read: ${mostThreadsLost} threads ended while they worked on it. Leave the file out, or free some memory; please report it.`,
      };
    },
    close: () => pool.destroy(),
  };
}

/** Whether a thread ended, and not what it was doing failed: Piscina's own words, and Node's code. */
function isThreadLost(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ERR_WORKER_OUT_OF_MEMORY" || /^worker exited with code: /.test(message);
}
