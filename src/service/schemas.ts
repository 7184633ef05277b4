import { z } from "zod";
import { pcmFormatNames } from "../audio/pcm-formats.js";

const probability = z.number().min(0).max(1);

const emotion = {
  emotion: z.string().describe("The label with the largest probability."),
  confidence: probability.describe("Its probability, calibrated on validation clips."),
  probabilities: z.record(z.string(), probability).describe("By label, summing to 1."),
  speech: z.boolean().describe("Whether somebody speaks; where nobody does, the emotion means nothing."),
  unsure: z.boolean().describe("Whether the confidence is below the model's threshold."),
};

const stretch = {
  start: z.number().describe("Seconds from the beginning."),
  end: z.number().describe("Seconds from the beginning."),
  ...emotion,
};

const { speech, unsure, ...told } = emotion;

/** The answer for a recording: what `affectlab predict --json` has for a file, field by field in its order. */
export const recordingSchema = z.object({
  file: z.string().describe("The name that the client gave, never a path of this machine."),
  duration: z.number().describe("Seconds."),
  ...told,
  model: z.string(),
  ...{ speech, unsure },
  timeline: z.array(z.object(stretch)).describe("Stretch by stretch, without gaps."),
});

export const predictionQuerySchema = z.object({
  name: z.string().max(255).optional().describe("A name that comes back as `file`, and in errors."),
  hop: z.number().min(0.1).max(60).optional().describe("Seconds of one entry of the timeline; 1."),
});
export type PredictionQuery = z.infer<typeof predictionQuerySchema>;

export const streamQuerySchema = z.object({
  format: z.enum(pcmFormatNames).default("s16le").describe("How samples lie in the messages."),
  rate: z.number().int().min(4_000).max(192_000).default(16_000).describe("Samples a second, Hz."),
  channels: z.number().int().min(1).max(32).default(1),
  hop: z.number().min(0.1).max(10).default(0.5).describe("Seconds from one answer to the next."),
  live: z
    .enum(["true", "false"])
    .default("true")
    .describe("`false`: the service takes sound no faster than it answers, and leaves no answer out."),
});
export type StreamQuery = z.infer<typeof streamQuerySchema>;

export const healthSchema = z.object({
  status: z.enum(["ok", "stopping"]),
  model: z.object({
    name: z.string(),
    protocol: z.string(),
    labels: z.array(z.string()),
    windowSeconds: z.number().describe("How much the model hears at once."),
  }),
  waiting: z.number().int().describe("Requests that wait for a worker."),
  running: z.number().int().describe("Requests that are computed."),
  streams: z.number().int().describe("Streams that are open."),
  uptimeSeconds: z.number(),
});
export type Health = z.infer<typeof healthSchema>;

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().describe("What was wrong, and what to do."),
  })
  .describe("RFC 9457, application/problem+json.");

/** A schema as fastify and OpenAPI take it. */
export function jsonSchema(schema: z.ZodType, io: "input" | "output" = "output"): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: "draft-7", io });
  return rest;
}
