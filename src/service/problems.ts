import type { FastifyError, FastifyReply } from "fastify";
import { messageOf } from "../core/errors.js";
import { type RefusalReason, TaskRefusedError } from "./prediction-workers.js";

/** What a request is refused with: RFC 9457, application/problem+json. */
export interface Problem {
  readonly status: number;
  /** What kind of problem it is, in a few words that never change. */
  readonly title: string;
  /** What was wrong this time, and what to do. */
  readonly detail: string;
  /** Seconds after which asking again makes sense. */
  readonly retryAfter?: number;
}

/** A request that is refused. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = "ProblemError";
  }
}

export const problems = {
  noAudio: (detail: string) => problem(415, "Not a recording", detail),
  unusable: (detail: string) => problem(422, "The recording cannot be used", detail),
  tooLarge: (detail: string) => problem(413, "Too large", detail),
  badRequest: (detail: string) => problem(400, "The request has an error", detail),
  noToken: (detail: string) => problem(401, "A token is needed", detail),
  forbidden: (detail: string) => problem(403, "Not from here", detail),
  notFound: (detail: string) => problem(404, "Not found", detail),
  busy: (detail: string) => ({ ...problem(429, "Too many requests at once", detail), retryAfter: 1 }),
  late: (detail: string) => ({ ...problem(503, "No answer in time", detail), retryAfter: 5 }),
  stopping: (detail: string) => ({ ...problem(503, "The service is stopping", detail), retryAfter: 10 }),
  defect: (detail: string) => problem(500, "A defect of affectlab", detail),
};

function problem(status: number, title: string, detail: string): Problem {
  return { status, title, detail };
}

const problemOfRefusal: Readonly<Record<RefusalReason, (detail: string) => Problem>> = {
  busy: problems.busy,
  late: problems.late,
  died: (detail) => problems.unusable(`${detail} It may hold what the decoder cannot bear.`),
  withdrawn: problems.stopping,
  "no-audio": problems.noAudio,
  input: problems.unusable,
  "too-long": problems.tooLarge,
  defect: problems.defect,
};

/** The problem that an error stands for; what nobody foresaw is told without its words, which may hold a path. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof TaskRefusedError) return problemOfRefusal[error.reason](error.message);
  const { statusCode = 500, validation } = error as Partial<FastifyError>;
  if (validation !== undefined || statusCode === 400) return problems.badRequest(`${messageOf(error)}.`);
  if (statusCode === 413) {
    return problems.tooLarge("The body is larger than this service takes. Cut the recording, or stream it.");
  }
  if (statusCode >= 400 && statusCode < 500) {
    return problem(statusCode, "The request has an error", `${messageOf(error)}.`);
  }
  return problems.defect("The answer failed. Please report it with the service's log.");
}

/** Sends a problem as its media type. */
export async function sendProblem(reply: FastifyReply, problem: Problem): Promise<void> {
  const { retryAfter, ...told } = problem;
  if (retryAfter !== undefined) reply.header("retry-after", String(retryAfter));
  if (problem.status === 401) reply.header("www-authenticate", 'Bearer realm="affectlab"');
  await reply
    .code(problem.status)
    .header("content-type", "application/problem+json; charset=utf-8")
    .serializer((value: unknown) => JSON.stringify(value))
    .send({ type: "about:blank", ...told });
}
