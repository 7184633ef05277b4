import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What the service counts, as Prometheus reads it. */
export interface ServiceMetrics {
  readonly registry: Registry;
  readonly requests: Counter<"route" | "status">;
  readonly seconds: Histogram<"route">;
  readonly answers: Counter<"kind">;
  readonly skipped: Counter;
  readonly droppedSeconds: Counter;
}

/** What is read when somebody looks: tasks and streams at this moment. */
export interface ServiceState {
  readonly waiting: number;
  readonly running: number;
  readonly restarts: number;
  readonly streams: number;
}

/** Counters of one service; two in a process do not share them. */
export function openMetrics(state: () => ServiceState): ServiceMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: (now: ServiceState) => number): void => {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read(state()));
      },
    });
  };
  gauge("affectlab_waiting", "Tasks that wait for a worker.", ({ waiting }) => waiting);
  gauge("affectlab_running", "Tasks that are computed.", ({ running }) => running);
  gauge("affectlab_streams", "Streams that are open.", ({ streams }) => streams);
  gauge("affectlab_worker_restarts", "Workers that had to be started again.", ({ restarts }) => restarts);
  return {
    registry,
    requests: new Counter({
      ...{ name: "affectlab_requests_total", help: "Requests that were answered." },
      ...{ labelNames: ["route", "status"] as const, registers },
    }),
    seconds: new Histogram({
      ...{ name: "affectlab_request_seconds", help: "Seconds from a request to its answer." },
      ...{ labelNames: ["route"] as const, registers },
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    }),
    answers: new Counter({
      ...{ name: "affectlab_answers_total", help: "Recordings and windows of streams that were answered." },
      ...{ labelNames: ["kind"] as const, registers },
    }),
    skipped: new Counter({
      ...{ name: "affectlab_stream_skipped_total", help: "Answers of live streams that were left out." },
      registers,
    }),
    droppedSeconds: new Counter({
      ...{ name: "affectlab_stream_dropped_seconds_total", help: "Sound of streams that no answer heard." },
      registers,
    }),
  };
}
