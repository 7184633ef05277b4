import type { ChildProcess } from "node:child_process";
import { LabError } from "../core/errors.js";
import type { Answers, ModelFacts, Task, TaskProblem, WorkerMessage, WorkerSettings } from "./messages.js";
import { openTaskLimit, type TaskLimit } from "./task-limit.js";
import { greet, startWorkerProcess } from "./worker-process.js";

/** Why a task was not answered. */
export type RefusalReason =
  /** Too many wait already. */
  | "busy"
  /** It was not done in its time. */
  | "late"
  /** The process that computed it died. */
  | "died"
  /** The one who asked has gone, or the workers are closed. */
  | "withdrawn"
  | TaskProblem["reason"];

/** A task without an answer, and why. */
export class TaskRefusedError extends LabError {
  constructor(
    readonly reason: RefusalReason,
    message: string,
    remedy?: string,
  ) {
    super(message, remedy);
    this.name = "TaskRefusedError";
  }
}

export interface WorkersOptions extends WorkerSettings {
  /** Processes that compute at the same time. */
  readonly workers: number;
  /** Tasks that may wait for one of them; more are refused. */
  readonly mostWaiting: number;
}

export interface TaskOptions {
  /**
   * Waiting and computing together, milliseconds. What a recording that is decoded holds gives it more (`mostWindowMs`).
   */
  readonly limitMs: number;
  /** The limit is of computing alone: it begins when the task leaves the queue. */
  readonly waits?: boolean;
  /** Withdraws the task: it leaves the queue; computed to its end when it is begun. */
  readonly signal?: AbortSignal;
}

/** Processes that answer, with a queue of bounded length before them. */
export interface PredictionWorkers {
  readonly facts: ModelFacts;
  /** How many tasks wait and how many are computed at this moment, and how many processes had to be started again. */
  readonly state: { readonly waiting: number; readonly running: number; readonly restarts: number };
  /** The answer to a task. Throws TaskRefusedError. */
  run<Kind extends Task["kind"]>(
    task: Extract<Task, { kind: Kind }>,
    options: TaskOptions,
  ): Promise<Answers[Kind]>;
  /** Ends the processes at once; tasks that are not done are refused. */
  close(): void;
}

interface Job {
  readonly task: Task;
  readonly settle: (result: { answer: Answers[Task["kind"]] } | { error: TaskRefusedError }) => void;
  readonly limit: TaskLimit;
  readonly waits: boolean;
}

interface Worker {
  readonly child: ChildProcess;
  job: Job | null;
  /** It is killed, and may still be heard: an answer lay in its pipe. */
  isDoomed: boolean;
}

/** A worker that cannot be started so often in a row will not start at all. */
const mostFailedStarts = 3;
/**
 * What each window of a recording adds to its limit: else what the service accepts (600 s of sound) would not be answered
 * in its time (30 s, in which `general` was seen to hear 290 windows). It is a decoder that may hang, and it has done its
 * work when windows are counted.
 */
const mostWindowMs = 500;

/**
 * Starts the processes and waits until each has loaded the model. Processes and not threads: a decoder that hangs or
 * takes too much is ended with all that it took (a thread that is ended leaves TensorFlow's tensors behind), and one
 * that crashes, also while it has nothing to do, does not take the server along. `start` begins a process; tests bring
 * their own.
 * Throws LabError when the model cannot be loaded.
 */
export async function openPredictionWorkers(
  options: WorkersOptions,
  start: () => ChildProcess = startWorkerProcess,
): Promise<PredictionWorkers> {
  const pool = new Pool(options, start);
  await pool.start();
  return pool;
}

class Pool implements PredictionWorkers {
  private readonly idle: Worker[] = [];
  private readonly busy = new Set<Worker>();
  private readonly queue: Job[] = [];
  private readonly children = new Set<ChildProcess>();
  private restarts = 0;
  private failedStarts = 0;
  private isClosed = false;
  private known: ModelFacts | null = null;

  constructor(
    private readonly options: WorkersOptions,
    private readonly startProcess: () => ChildProcess,
  ) {}

  get facts(): ModelFacts {
    return this.known!;
  }

  get state() {
    return { waiting: this.queue.length, running: this.busy.size, restarts: this.restarts };
  }

  async start(): Promise<void> {
    try {
      await Promise.all(Array.from({ length: this.options.workers }, () => this.add()));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  run<Kind extends Task["kind"]>(
    task: Extract<Task, { kind: Kind }>,
    { limitMs, signal, waits = false }: TaskOptions,
  ): Promise<Answers[Kind]> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) {
        reject(new TaskRefusedError("withdrawn", "The service is stopping.", "Ask again when it is back."));
        return;
      }
      // A stream has one window at a time in here, and streams are counted elsewhere: windows are never too many.
      const isFull = task.kind !== "window" && this.queue.length >= this.options.mostWaiting;
      if (isFull && this.idle.length === 0) {
        const message = `${this.queue.length} requests wait already.`;
        reject(new TaskRefusedError("busy", message, "Ask again in a moment."));
        return;
      }
      const limit = openTaskLimit(limitMs, (allowedMs) => this.expire(job, allowedMs));
      const cleanUp = (): void => {
        limit.stop();
        signal?.removeEventListener("abort", onAbort);
      };
      const job: Job = {
        ...{ task, limit, waits },
        settle: (result) => {
          cleanUp();
          if ("error" in result) reject(result.error);
          else resolve(result.answer as Answers[Kind]);
        },
      };
      const onAbort = (): void => {
        if (this.leaveQueue(job)) {
          job.settle({ error: new TaskRefusedError("withdrawn", "The one who asked has gone.") });
        }
      };
      if (!waits) limit.start();
      signal?.addEventListener("abort", onAbort);
      this.enqueue(job);
      this.dispatch();
    });
  }

  close(): void {
    this.isClosed = true;
    for (const child of this.children) child.kill("SIGKILL");
    const error = new TaskRefusedError("withdrawn", "The service is stopping.", "Ask again when it is back.");
    for (const job of this.queue.splice(0)) job.settle({ error });
    for (const worker of this.busy) worker.job?.settle({ error });
  }

  /** Windows of streams go before recordings: who speaks now waits now. */
  private enqueue(job: Job): void {
    const firstRecording = this.queue.findIndex(({ task }) => task.kind === "recording");
    if (job.task.kind === "recording" || firstRecording < 0) this.queue.push(job);
    else this.queue.splice(firstRecording, 0, job);
  }

  private leaveQueue(job: Job): boolean {
    const at = this.queue.indexOf(job);
    if (at >= 0) this.queue.splice(at, 1);
    return at >= 0;
  }

  /** Ends a task whose time is up: one that computes with its process, since nothing else stops a decoder. */
  private expire(job: Job, allowedMs: number): void {
    this.leaveQueue(job);
    for (const worker of this.busy) if (worker.job === job) this.doom(worker);
    const message = `No answer was found within ${allowedMs / 1000} s.`;
    job.settle({ error: new TaskRefusedError("late", message, "Ask again later, or send a shorter part.") });
  }

  /** Ends a process and what it computes; it takes no task any more, and its end starts another. */
  private doom(worker: Worker): void {
    worker.job = null;
    worker.isDoomed = true;
    worker.child.kill("SIGKILL");
  }

  private dispatch(): void {
    while (this.idle.length > 0 && this.queue.length > 0) {
      const worker = this.idle.pop()!;
      if (worker.child.connected) this.give(worker, this.queue.shift()!);
      else this.doom(worker); // it ends by itself, and nobody was told yet
    }
  }

  private give(worker: Worker, job: Job): void {
    worker.job = job;
    this.busy.add(worker);
    if (job.waits) job.limit.start();
    worker.child.send(job.task, (error) => {
      if (error === null || worker.job !== job) return;
      // It died with nothing to do, and nobody has been told yet: the task is another's, and first in the queue again.
      this.doom(worker);
      this.queue.unshift(job);
      this.dispatch();
    });
  }

  private async add(): Promise<void> {
    const child = this.startProcess();
    this.children.add(child);
    // An error that nobody listens to ends the server. What it means is dealt with where the process is greeted, where it
    // is given a task, and where it ends.
    child.on("error", () => {});
    child.once("exit", () => this.children.delete(child));
    const facts = await greet(child, this.options).catch((error: unknown) => {
      this.children.delete(child);
      throw error;
    });
    this.known ??= facts;
    this.failedStarts = 0;
    const worker: Worker = { child, job: null, isDoomed: false };
    child.on("message", (message: WorkerMessage) => this.receive(worker, message));
    child.once("exit", () => this.lose(worker));
    this.idle.push(worker);
    this.dispatch();
  }

  private receive(worker: Worker, message: WorkerMessage): void {
    if (worker.isDoomed) return;
    const { job } = worker;
    if (message.kind === "decoded") {
      job?.limit.extend(message.windows * mostWindowMs);
      return;
    }
    worker.job = null;
    this.busy.delete(worker);
    this.idle.push(worker);
    if (message.kind === "answer") job?.settle({ answer: message.answer });
    if (message.kind === "problem") {
      job?.settle({ error: new TaskRefusedError(message.problem.reason, message.problem.message) });
    }
    this.dispatch();
  }

  private lose(worker: Worker): void {
    this.busy.delete(worker);
    const at = this.idle.indexOf(worker);
    if (at >= 0) this.idle.splice(at, 1);
    worker.job?.settle({
      error: new TaskRefusedError("died", "The process that computed it ended.", "Send it once more."),
    });
    if (!this.isClosed) this.restart();
  }

  private restart(): void {
    this.restarts++;
    this.add().catch(() => {
      if (this.isClosed) return;
      if (++this.failedStarts < mostFailedStarts) this.restart();
      else this.close();
    });
  }
}
