import pino from "pino";

/**
 * The structured log: one JSON object a line on standard error, so that it never mixes with results on standard
 * output. The level comes from AFFECTLAB_LOG (trace to silent), `warn` by default: progress bars tell the rest.
 */
export const log = pino(
  { name: "affectlab", level: process.env.AFFECTLAB_LOG ?? "warn" },
  pino.destination({ dest: 2, sync: true }),
);
