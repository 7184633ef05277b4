// The other end of side.mjs, for sides that run under Node.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

/** The descriptor that answers go to. */
const answersTo = 3;

/**
 * Answers each line on stdin with what the handler of that name gives, until stdin ends.
 * @param {Record<string, (request: any) => unknown>} handlers
 */
export async function answerRequests(handlers) {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    /** @type {unknown} */
    let answer;
    try {
      answer = (await handlers[request.do]?.(request)) ?? {};
    } catch (error) {
      answer = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    writeSync(answersTo, `${JSON.stringify(answer)}\n`);
  }
}
