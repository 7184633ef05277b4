import swagger from "@fastify/swagger";
import websocket from "@fastify/websocket";
import fastify, { type FastifyInstance } from "fastify";
import { sampleRateHz } from "../audio/wave.js";
import { LabError } from "../core/errors.js";
import { loadVoiceActivity } from "../inference/load-voice-activity.js";
import { type AccessRules, isLoopbackHost, refusalOf } from "./access.js";
import { openAdmission } from "./admission.js";
import { openMetrics, type ServiceMetrics } from "./metrics.js";
import { openPredictionWorkers } from "./prediction-workers.js";
import { addPredictionsRoute, describedBodies } from "./predictions-route.js";
import { ProblemError, problemOf, problems, sendProblem } from "./problems.js";
import { type Health, healthSchema, jsonSchema } from "./schemas.js";
import { addStreamRoute } from "./stream-route.js";

export interface ServiceOptions {
  readonly model: string;
  readonly protocol?: string;
  /** The checkout; its models/ is searched. */
  readonly root: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What requests must carry; null is allowed on loopback alone. */
  readonly token: string | null;
  readonly limits: ServiceLimits;
  readonly version: string;
}

/** What one client or all together may take. */
export interface ServiceLimits {
  /** Processes that compute at the same time. */
  readonly workers: number;
  /** Requests that may wait for one. */
  readonly mostWaiting: number;
  readonly mostStreams: number;
  /** Of one recording. */
  readonly bodyBytes: number;
  readonly maxSeconds: number;
  /**
   * From a whole request to its answer, and for a body to arrive. A recording has half a second more for each entry of its
   * timeline, so that `maxSeconds` of sound can be answered.
   */
  readonly limitMs: number;
  /** A stream that sends nothing for so long is closed. */
  readonly idleMs: number;
}

export const defaultLimits: ServiceLimits = {
  workers: 1,
  mostWaiting: 64,
  mostStreams: 8,
  bodyBytes: 32 * 2 ** 20,
  maxSeconds: 600,
  limitMs: 30_000,
  idleMs: 60_000,
};

/** Bodies that are here at once take no more than so many of the largest. */
const mostLargestBodies = 8;

/** A service that listens. */
export interface Service {
  /** Where it listens: http://127.0.0.1:8765. */
  readonly url: string;
  /** Refuses what is new, answers what was accepted, ends the streams with their summaries, then the workers. */
  stop(): Promise<void>;
}

/**
 * Starts the service: POST /v1/predictions, the WebSocket /v1/stream, GET /health, /metrics and /openapi.json.
 * Throws LabError for a model that cannot be loaded, an address that is taken, and for no token beyond loopback.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { model, protocol, root, host, port, token, limits } = options;
  const isLoopback = isLoopbackHost(host);
  if (token === null && !isLoopback) {
    throw new LabError(
      `Without a token nobody may be served at ${host}: everybody in the network could ask.`,
      "Leave --no-token out, or listen on 127.0.0.1.",
    );
  }
  const activity = await loadVoiceActivity();
  const workers = await openPredictionWorkers({
    ...{ model, root, workers: limits.workers, mostWaiting: limits.mostWaiting },
    ...(protocol !== undefined && { protocol }),
  });
  try {
    const app = fastify({
      bodyLimit: limits.bodyBytes,
      requestTimeout: limits.limitMs,
      http: { connectionsCheckingInterval: 1_000 }, // else a slow body is noticed half a minute late
      logger: false,
      // Ajv leaves bounds out for a number that is not finite, and "1e999" of a query becomes one.
      ajv: { customOptions: { strictNumbers: false } },
      return503OnClosing: false, // said below, as a problem
    });
    const metrics = openMetrics(() => ({ ...workers.state, streams: streams.count }));
    let isStopping = false;
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    await app.register(swagger, {
      openapi: description(options.version),
      transform: ({ schema, url }) => ({
        // What carries a WebSocket is hidden by default.
        schema: {
          ...{ ...schema, hide: url === "/openapi.json" },
          ...(url in describedBodies && { body: describedBodies[url] }),
        },
        url,
      }),
    });
    await app.register(websocket, { options: { maxPayload: 2 ** 20 } });
    guard(app, { token, isLoopback }, () => isStopping);
    count(app, metrics);

    const admission = openAdmission({
      mostRequests: limits.workers + limits.mostWaiting,
      mostBytes: mostLargestBodies * limits.bodyBytes,
      bodyBytes: limits.bodyBytes,
    });
    const { maxSeconds, limitMs, idleMs, mostStreams } = limits;
    addPredictionsRoute(app, { workers, metrics, admission, maxSeconds, limitMs });
    const streams = addStreamRoute(app, { workers, metrics, activity, mostStreams, limitMs, idleMs });
    const began = performance.now();
    addLookingRoutes(app, metrics, () => {
      const { name, protocol: judgedBy, labels, windowSamples } = workers.facts;
      const { waiting, running } = workers.state;
      return {
        status: isStopping ? "stopping" : "ok",
        model: { name, protocol: judgedBy, labels: [...labels], windowSeconds: windowSamples / sampleRateHz },
        ...{ waiting, running, streams: streams.count },
        uptimeSeconds: Math.round((performance.now() - began) / 1000),
      };
    });

    await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
      throw unlistenable(error, host, port);
    });
    const { port: taken } = app.server.address() as { port: number };
    const url = `http://${host.includes(":") ? `[${host}]` : host}:${taken}`;
    return {
      url,
      async stop() {
        isStopping = true;
        await streams.endAll();
        await app.close();
        workers.close();
      },
    };
  } catch (error) {
    workers.close();
    throw error;
  }
}

/** An answer is for programs: a browser neither guesses its type, nor keeps it, nor shows it inside another page. */
const answerHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** Turns away who may not ask, and everybody while the service stops; tells every failure as a problem. */
function guard(app: FastifyInstance, rules: AccessRules, isStopping: () => boolean): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(answerHeaders);
    // Whether it is there may be asked without the token: supervisors do.
    const isHealth = request.routeOptions.url === "/health";
    const refusal = refusalOf(request.headers, isHealth ? { ...rules, token: null } : rules);
    if (refusal !== null) throw new ProblemError(refusal);
    if (isStopping() && !isHealth) {
      throw new ProblemError(problems.stopping("It answers what it has accepted, and nothing new."));
    }
  });
  app.addHook("onSend", async (_request, reply) => {
    // A connection that a client keeps open would hold up the end by more than a minute.
    if (isStopping()) reply.header("connection", "close");
  });
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOf(error)));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      problems.notFound(`There is no ${request.method} ${request.url.split("?")[0]}. See /openapi.json.`),
    ),
  );
}

function count(app: FastifyInstance, { requests, seconds }: ServiceMetrics): void {
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none"; // never the address as given: names would grow without end
    requests.inc({ route, status: String(reply.statusCode) });
    seconds.observe({ route }, reply.elapsedTime / 1000);
  });
}

function addLookingRoutes(app: FastifyInstance, metrics: ServiceMetrics, health: () => Health): void {
  app.get(
    "/health",
    {
      schema: {
        summary: "Whether the service answers, and with which model; needs no token",
        response: { 200: { description: "It does.", ...jsonSchema(healthSchema) } },
        security: [],
      },
    },
    async () => health(),
  );
  app.get(
    "/metrics",
    {
      schema: {
        summary: "Counters for Prometheus",
        response: {
          200: { description: "Text format.", content: { "text/plain": { schema: { type: "string" } } } },
        },
      },
    },
    async (_request, reply) => {
      reply.header("content-type", metrics.registry.contentType);
      return await metrics.registry.metrics();
    },
  );
  app.get("/openapi.json", async () => app.swagger());
}

function description(version: string) {
  return {
    openapi: "3.1.0" as const,
    info: {
      title: "affectlab",
      version,
      description:
        "The emotion of speech, computed on this machine. Acted speech in English is what the models learnt from; their answers are no ground for decisions about people.",
    },
    components: { securitySchemes: { token: { type: "http" as const, scheme: "bearer" } } },
    security: [{ token: [] }],
  };
}

function unlistenable(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new LabError(
      `Port ${port} of ${host} is taken.`,
      "Choose another with --port, or 0 for a free one.",
    );
  }
  if (error.code === "EACCES") {
    return new LabError(`Port ${port} may not be listened on.`, "Choose one from 1024 up with --port.");
  }
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") {
    return new LabError(`${host} is no address of this machine.`, "Choose one of its own with --host.");
  }
  return error;
}
