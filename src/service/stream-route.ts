import type { WebSocket } from "@fastify/websocket";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { openPcmStream } from "../audio/pcm-stream.js";
import type { VoiceActivity } from "../inference/voice-activity.js";
import type { ServiceMetrics } from "./metrics.js";
import { type PredictionWorkers, TaskRefusedError } from "./prediction-workers.js";
import { refusals } from "./predictions-route.js";
import { ProblemError, problemOf, problems } from "./problems.js";
import { jsonSchema, type StreamQuery, streamQuerySchema } from "./schemas.js";
import { streamAnswerJson, streamSummaryJson } from "./stream-json.js";
import { openStreamSession } from "./stream-session.js";

export interface StreamOptions {
  readonly workers: PredictionWorkers;
  readonly metrics: ServiceMetrics;
  readonly activity: VoiceActivity;
  /** Streams that may be open at once. */
  readonly mostStreams: number;
  readonly limitMs: number;
  /** A stream that says nothing for so long is closed. */
  readonly idleMs: number;
}

/** The streams that are open. */
export interface OpenStreams {
  readonly count: number;
  /** Ends each: the answers that are due, the summary, the close frame. */
  endAll(): Promise<void>;
}

/** What a client may leave unread before it is let go: answers are 300 bytes each. */
const mostUnreadBytes = 2 ** 20;

/** GET /v1/stream, upgraded to a WebSocket: samples go up, answers come down. */
export function addStreamRoute(app: FastifyInstance, options: StreamOptions): OpenStreams {
  const streams = new Set<() => Promise<void>>();
  let reserved = 0;
  app.get<{ Querystring: StreamQuery }>(
    "/v1/stream",
    {
      websocket: true,
      schema: {
        summary: "Emotions of sound while it goes on (WebSocket)",
        description:
          'Binary messages carry raw samples; each answer is a text message, JSON with `type: "answer"`. The text message `{"type":"end"}` asks for the summary, `type: "summary"`, and ends the stream. A problem is told with `type: "problem"` before the stream closes.',
        querystring: jsonSchema(streamQuerySchema, "input"),
        response: {
          101: { description: "The stream is open.", type: "null" },
          ...refusals({
            400: "The query has an error.",
            401: "The token is missing or wrong.",
            426: "The request asks for no WebSocket.",
            429: "As many streams are open as this service has.",
          }),
        },
      },
      preValidation: async (request) => {
        if (!request.ws) {
          throw new ProblemError({
            status: 426,
            title: "A WebSocket is needed",
            detail: "Connect with a WebSocket client: ws://.../v1/stream.",
          });
        }
        if (reserved >= options.mostStreams) {
          throw new ProblemError(
            problems.busy(`${reserved} streams are open already. Ask again in a moment.`),
          );
        }
        reserved++;
        request.raw.socket.once("close", () => {
          reserved--;
        });
      },
    },
    (socket, request) => {
      const end = serveStream(socket, request, options);
      streams.add(end);
      socket.once("close", () => streams.delete(end));
    },
  );
  return {
    get count() {
      return streams.size;
    },
    endAll: async () => {
      await Promise.allSettled([...streams].map((end) => end()));
    },
  };
}

/** Serves one stream; gives what ends it. */
function serveStream(
  socket: WebSocket,
  request: FastifyRequest<{ Querystring: StreamQuery }>,
  { workers, metrics, activity, limitMs, idleMs }: StreamOptions,
): () => Promise<void> {
  const { format, channels, rate: rateHz, hop: hopSeconds, live } = request.query;
  const isLive = live === "true";
  const { facts } = workers;
  const decode = openPcmStream({ format, channels, rateHz });
  const tell = (message: object): void => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(JSON.stringify(message));
    if (socket.bufferedAmount > mostUnreadBytes) socket.terminate();
  };
  const session = openStreamSession({
    ...{ facts, hopSeconds, activity, isLive },
    hearWindow: (samples) =>
      isLive
        ? workers.run({ kind: "window", samples }, { limitMs }).catch(nullWhereLate)
        : workers.run({ kind: "window", samples }, { limitMs, waits: true }),
    onAnswer(answer) {
      metrics.answers.inc({ kind: "window" });
      tell(streamAnswerJson(answer, facts.labels));
    },
  });
  let work: Promise<void> = Promise.resolve();
  let pending = 0;
  let isEnding = false;
  let idle: NodeJS.Timeout | undefined;

  const fail = (error: unknown): void => {
    isEnding = true;
    tell({ type: "problem", ...problemOf(error) });
    socket.close(1011);
  };
  /** The client is silent from now on, unless work is pending: then its socket is not read, and it cannot be heard. */
  const waitForClient = (): void => {
    clearTimeout(idle);
    if (pending > 0 || isEnding) return;
    const detail = `Nothing came for ${idleMs / 1000} s.`;
    idle = setTimeout(
      () => fail(new ProblemError({ status: 408, title: "The stream is silent", detail })),
      idleMs,
    );
  };
  /** One piece of work after the other; the socket is not read meanwhile, so that what waits stays with the client. */
  const next = (step: () => Promise<void>): Promise<void> => {
    socket.pause();
    pending++;
    clearTimeout(idle);
    work = work
      .then(step)
      .catch(fail)
      .finally(() => {
        pending--;
        socket.resume();
        waitForClient();
      });
    return work;
  };
  const end = (code: number): Promise<void> => {
    if (isEnding) return work;
    isEnding = true;
    return next(async () => {
      tell(streamSummaryJson(await session.end()));
      socket.close(code);
    });
  };

  socket.on("message", (data, isBinary) => {
    if (isEnding) return;
    waitForClient();
    if (isBinary) void next(() => session.write(decode(data as Buffer), rateHz));
    else if (isEnd(String(data))) void end(1000);
    else
      fail(
        new ProblemError(problems.badRequest('A text message may only be {"type":"end"}; sound is binary.')),
      );
  });
  socket.once("close", () => {
    isEnding = true;
    clearTimeout(idle);
    const { skipped, dropped } = session.summary;
    metrics.skipped.inc(skipped);
    metrics.droppedSeconds.inc(dropped);
    void work.finally(() => session.close());
  });
  socket.on("error", () => socket.terminate());
  waitForClient();
  return () => end(1001);
}

/** A recording may keep the workers longer than a window of live sound is of interest: that is no failure of the stream. */
function nullWhereLate(error: unknown): null {
  if (error instanceof TaskRefusedError && error.reason === "late") return null;
  throw error;
}

function isEnd(text: string): boolean {
  try {
    return (JSON.parse(text) as { type?: unknown } | null)?.type === "end";
  } catch {
    return false;
  }
}
