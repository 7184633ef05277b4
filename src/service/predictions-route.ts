import type { FastifyInstance } from "fastify";
import { oneLine } from "../core/shown-text.js";
import { recordingJson } from "../inference/answer-json.js";
import type { Admission } from "./admission.js";
import type { ServiceMetrics } from "./metrics.js";
import type { PredictionWorkers } from "./prediction-workers.js";
import { ProblemError, problems } from "./problems.js";
import {
  jsonSchema,
  type PredictionQuery,
  predictionQuerySchema,
  problemSchema,
  recordingSchema,
} from "./schemas.js";

export interface PredictionsOptions {
  readonly workers: PredictionWorkers;
  readonly metrics: ServiceMetrics;
  readonly admission: Admission;
  readonly maxSeconds: number;
  readonly limitMs: number;
}

/**
 * The body for the description alone: it is bytes, and there is nothing in it to be held to a schema.
 */
export const describedBodies: Readonly<Record<string, object>> = {
  "/v1/predictions": { type: "string", format: "binary" },
};

/** POST /v1/predictions: the body is a recording, the answer its emotion. */
export function addPredictionsRoute(app: FastifyInstance, options: PredictionsOptions): void {
  const { workers, metrics, admission, maxSeconds, limitMs } = options;
  app.post<{ Querystring: PredictionQuery; Body: Buffer | undefined }>(
    "/v1/predictions",
    {
      schema: {
        summary: "The emotion of a recording",
        description:
          "The body is the recording itself (WAV, AIFF, FLAC, MP3, OGG, Opus, M4A, WebM), whatever its media type says.",
        consumes: ["application/octet-stream"],
        querystring: jsonSchema(predictionQuerySchema, "input"),
        response: {
          200: { description: "The answer.", ...jsonSchema(recordingSchema) },
          ...refusals({
            400: "The query has an error, or the body is empty.",
            401: "The token is missing or wrong.",
            408: "The body did not arrive in time.",
            413: "The recording has more bytes or seconds than this service takes.",
            415: "The body is no audio.",
            422: "It is audio that cannot be used: damaged, cut off, without sound.",
            429: "Too much is waiting; Retry-After tells when to ask again.",
            503: "No answer in time, or the service is stopping.",
          }),
        },
      },
      onRequest: async (request, reply) => {
        if (/^multipart\//i.test(request.headers["content-type"] ?? "")) {
          throw new ProblemError(
            problems.noAudio(
              "The body is a form. Send the recording's bytes as the body: curl --data-binary @recording.wav",
            ),
          );
        }
        const declared = request.headers["content-length"];
        const entry = admission.enter(declared === undefined ? undefined : Number(declared));
        if ("problem" in entry) throw new ProblemError(entry.problem);
        reply.raw.once("close", entry.leave);
      },
    },
    async (request, reply) => {
      const bytes = request.body;
      if (!(bytes instanceof Uint8Array) || bytes.length === 0) {
        throw new ProblemError(
          problems.badRequest("The body is empty. Send the recording's bytes as the body."),
        );
      }
      const gone = new AbortController();
      reply.raw.once("close", () => {
        if (!reply.raw.writableFinished) gone.abort();
      });
      const { hop, name: given } = request.query;
      const name = shownName(given);
      const answer = await workers.run(
        { kind: "recording", bytes, name, maxSeconds, ...(hop !== undefined && { hopSeconds: hop }) },
        { limitMs, signal: gone.signal },
      );
      metrics.answers.inc({ kind: "recording" });
      return recordingJson(answer, name, workers.facts);
    },
  );
}

/** Problems by status, for the description. */
export function refusals(descriptions: Readonly<Record<number, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(descriptions).map(([status, description]) => [
      status,
      { description, content: { "application/problem+json": { schema: jsonSchema(problemSchema) } } },
    ]),
  );
}

/** A name as it is shown: the last part of what may be a path, without characters that steer a terminal. */
function shownName(given = "recording"): string {
  const last = given.split(/[\\/]/).at(-1)!;
  const plain = oneLine(last).trim();
  return plain === "" ? "recording" : plain;
}
