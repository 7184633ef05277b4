import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { compiled } from "../benchmark/compiled.mjs";
import { watchMemory } from "./memory.mjs";
import { check, Skipped } from "./part.mjs";
import { start } from "./product.mjs";

/** @type {typeof import("../../src/audio/encode-wav.js")} */
const { encodeWav } = compiled("audio/encode-wav");

const clients = 4;
const mostWaiting = 4;
/** Requests at once of which most must be refused. */
const burst = 32;

/** @type {import("./part.mjs").Part} */
export const serveLoad = {
  name: "serve",
  title: "The service under load",
  promise:
    "Memory stays flat; too many and too large requests are refused with 429 and 413 while the others are answered; what was accepted before SIGTERM is answered.",
  async run({ laboratory, amounts, note }) {
    if (process.platform !== "linux") throw new Skipped("memory is read from /proc");
    const place = laboratory.newWorkplace("serve", {
      models: ["resnet", "voice-activity"],
      withSample: false,
    });
    const limits = ["--waiting", String(mostWaiting), "--max-megabytes", "1"];
    const token = randomBytes(24).toString("base64url");
    const service = start(place, ["serve", "--model", "resnet", "--port", "0", ...limits], {
      env: { AFFECTLAB_TOKEN: token },
    });
    if (!(await service.hasSaid(/answers at \S+\n/))) throw new Error((await service.ended).stderr);
    const url = `${service.address()}/v1/predictions`;
    const second = Uint8Array.from(
      encodeWav(
        Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(i / 9)),
        16_000,
      ),
    );
    const tooLarge = new Uint8Array(2 * 2 ** 20);
    const ask = async (/** @type {Uint8Array} */ body) => {
      const began = performance.now();
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: { authorization: `Bearer ${token}` },
          body: new Blob([new Uint8Array(body)]),
        });
        await response.text();
        return { status: response.status, milliseconds: performance.now() - began };
      } catch {
        return { status: 0, milliseconds: performance.now() - began };
      }
    };
    for (let i = 0; i < 5; i++) await ask(second); // warm

    note("load");
    const memory = watchMemory(service.child.pid ?? 0, amounts.loadSeconds);
    const until = Date.now() + 1000 * amounts.loadSeconds;
    const repeat = async (/** @type {Uint8Array} */ body, /** @type {number} */ pauseMs) => {
      const answers = [];
      while (Date.now() < until) {
        answers.push(await ask(body));
        if (pauseMs > 0) await sleep(pauseMs);
      }
      return answers;
    };
    const bursts = (async () => {
      const answers = [];
      while (Date.now() < until) {
        await sleep(Math.min(5000, amounts.loadSeconds * 200));
        answers.push(...(await Promise.all(Array.from({ length: burst }, () => ask(second)))));
      }
      return answers;
    })();
    const [large, many, ...usual] = await Promise.all([
      repeat(tooLarge, 500),
      bursts,
      ...Array.from({ length: clients }, () => repeat(second, 0)),
    ]);
    const { flat, figures } = memory.stop();

    note("a graceful stop");
    const under = Array.from({ length: mostWaiting }, () => ask(second));
    await sleep(150);
    service.child.kill("SIGTERM");
    const last = await Promise.all(under);
    const sent = performance.now();
    const { code } = await service.ended;
    const stopSeconds = (performance.now() - sent) / 1000;

    const answered = usual.flat().filter(({ status }) => status === 200);
    const times = answered.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
    const count = (/** @type {{ status: number }[]} */ answers) =>
      [...new Set(answers.map(({ status }) => status))]
        .sort()
        .map((status) => `${status}: ${answers.filter((one) => one.status === status).length}`)
        .join(", ");
    const only = (/** @type {{ status: number }[]} */ answers, /** @type {number[]} */ allowed) =>
      answers.every(({ status }) => allowed.includes(status));
    const all = usual.flat();
    return {
      checks: [
        check(
          "requests within the limits are answered, or told that it is too much",
          answered.length > 0 && only(all, [200, 429]),
          count(all),
        ),
        check(
          "too large ones are refused with 413",
          (large ?? []).length > 0 && only(large ?? [], [413]),
          count(large ?? []),
        ),
        check(
          "too many at once are refused with 429",
          only(many ?? [], [200, 429]) && (many ?? []).some(({ status }) => status === 429),
          count(many ?? []),
        ),
        flat,
        check("what was accepted before SIGTERM is answered", only(last, [200]), count(last)),
        check(
          "and the service ends with 0 within 10 s of the last answer",
          code === 0 && stopSeconds < 10,
          `exit code ${code} after ${stopSeconds.toFixed(1)} s`,
        ),
      ],
      notes: [
        `${clients} clients and bursts of ${burst} for ${amounts.loadSeconds} s, a second of sound each: ${answered.length} answers, median ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms.`,
        `Memory: ${figures}.`,
      ],
    };
  },
};

/**
 * @param {readonly number[]} sorted
 * @param {number} share
 */
const at = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(0);
