import type { BackendName, WorkerReport, WorkerRequest } from "./messages.js";
import PredictionWorker from "./worker/worker.ts?worker";

/** The worker as the page sees it. */
export interface PredictionClient {
  /** Answers for a file; a number that its reports carry. */
  hear(file: File): number;
  /** Begins to listen to a microphone; a number that its reports carry. */
  listen(rateHz: number, port: MessagePort): number;
  /** Ends listening and answers for all of it. */
  stop(): void;
}

/** Starts the worker; `onReport` hears all that it tells, `onFailure` that it cannot start. */
export function openPredictionClient(
  backend: BackendName | null,
  onReport: (report: WorkerReport) => void,
  onFailure: () => void,
): PredictionClient {
  const worker = new PredictionWorker();
  worker.onmessage = ({ data }: MessageEvent<WorkerReport>) => onReport(data);
  worker.onerror = onFailure;
  const ask = (request: WorkerRequest, transfer: Transferable[] = []): void =>
    worker.postMessage(request, transfer);
  let last = 0;
  ask({ kind: "open", backend });
  return {
    hear(file) {
      ask({ kind: "hear", id: ++last, file });
      return last;
    },
    listen(rateHz, port) {
      ask({ kind: "listen", id: ++last, rateHz, port }, [port]);
      return last;
    },
    stop: () => ask({ kind: "stop" }),
  };
}
