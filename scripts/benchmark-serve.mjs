// npm run benchmark:serve: what `affectlab serve` bears at 1, 8 and 64 clients: requests a second, times, errors and the
// memory of its processes. Writes results/service.json and the table in docs/service.md.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import autocannon from "autocannon";
import { memoryOf } from "./process-status.mjs";
import { places } from "./setup/places.mjs";
import { prepare } from "./setup/prepare.mjs";
import { reportFailure, SetupError } from "./setup/setup-error.mjs";
import { compiled as compileStep } from "./setup/steps/compiled.mjs";
import { npmPackages } from "./setup/steps/npm-packages.mjs";

const models = process.argv.length > 2 ? process.argv.slice(2) : ["resnet", "general"];
const clients = [1, 8, 64];
const seconds = 15;
const block = { start: "<!-- service:start -->", end: "<!-- service:end -->", holds: "the load" };

/**
 * @typedef {{ model: string, clients: number, requestsPerSecond: number, p50: number, p95: number, p99: number,
 *   answered: number, errors: number, memoryBefore: number, memoryAfter: number }} Row milliseconds and MiB
 */

try {
  await prepare([npmPackages, compileStep]);
  const require = createRequire(import.meta.url);
  /** @type {typeof import("../src/core/files.js")} */
  const { readJson, writeFileAtomic, writeJson } = require(join(places.dist, "core", "files.js"));
  /** @type {typeof import("../src/core/replace-block.js")} */
  const { replaceBlock } = require(join(places.dist, "core", "replace-block.js"));
  const { describeMachine } = await import("./benchmark/machine.mjs");
  const recording = makeRecording(require);
  /** @type {Row[]} */
  const rows = [];
  for (const model of models) rows.push(...(await measure(model, recording)));
  const path = join(places.root, "results", "service.json");
  const there = /** @type {{ rows?: Row[] } | null} */ (await readJson(path));
  const others = (there?.rows ?? []).filter(({ model }) => !models.includes(model));
  const result = {
    machine: describeMachine("CPU"),
    seconds,
    recordingSeconds: 3,
    rows: [...others, ...rows],
  };
  await writeJson(path, result);
  const page = join(places.root, "docs", "service.md");
  const text = readFileSync(page, "utf8");
  await writeFileAtomic(page, replaceBlock(text, block, table(result), "docs/service.md"));
  console.log(table(result));
} catch (error) {
  reportFailure(error);
}

/**
 * Three seconds of a swept tone as a WAV file: what is sent does not change the time that an answer takes.
 * @param {NodeJS.Require} require
 * @returns {Buffer}
 */
function makeRecording(require) {
  /** @type {typeof import("../src/audio/encode-wav.js")} */
  const { encodeWav } = require(join(places.dist, "audio", "encode-wav.js"));
  const samples = Float32Array.from({ length: 48_000 }, (_, i) => 0.3 * Math.sin(i * (0.05 + i / 1e6)));
  return Buffer.from(encodeWav(samples, 16_000));
}

/**
 * @param {string} model
 * @param {Buffer} body
 * @returns {Promise<Row[]>}
 */
async function measure(model, body) {
  const child = spawn(
    process.execPath,
    [join(places.root, "bin", "affectlab.cjs"), "serve", "--model", model, "--port", "0", "--no-token"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    const url = await addressOf(child, model);
    await load(url, body, 1, 3); // warm
    const rows = [];
    for (const count of clients) {
      const memoryBefore = memoryOf(/** @type {number} */ (child.pid));
      const { times, errors, requestsPerSecond } = await load(url, body, count, seconds);
      const memoryAfter = memoryOf(/** @type {number} */ (child.pid));
      const at = (/** @type {number} */ share) =>
        Number(
          (times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN).toFixed(1),
        );
      rows.push({
        ...{ model, clients: count, requestsPerSecond, p50: at(0.5), p95: at(0.95), p99: at(0.99) },
        ...{ answered: times.length, errors, memoryBefore, memoryAfter },
      });
      console.log(rows.at(-1));
    }
    return rows;
  } finally {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const [code] = await ended;
    if (code !== 0) console.error(`affectlab serve ended with ${code} after SIGTERM.`);
  }
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {string} model
 * @returns {Promise<string>}
 */
async function addressOf(child, model) {
  let said = "";
  child.stdout?.setEncoding("utf8");
  for await (const text of child.stdout ?? []) {
    said += text;
    const url = /answers at (\S+)/.exec(said)?.[1];
    if (url !== undefined) return url;
  }
  throw new SetupError(`affectlab serve --model ${model} did not start.`, "Start it by hand to see why.");
}

/**
 * @param {string} url
 * @param {Buffer} body
 * @param {number} connections
 * @param {number} duration seconds
 * @returns {Promise<{ times: number[], errors: number, requestsPerSecond: number }>} times in ms, ascending
 */
function load(url, body, connections, duration) {
  return new Promise((resolve, reject) => {
    /** @type {number[]} */
    const times = [];
    let refused = 0;
    const began = performance.now();
    const instance = autocannon(
      { url: new URL("/v1/predictions", url).href, method: "POST", body, connections, duration, timeout: 60 },
      (error, result) => {
        if (error) return reject(error);
        const took = (performance.now() - began) / 1000;
        resolve({
          times: times.sort((a, b) => a - b),
          errors: refused + result.errors + result.timeouts,
          requestsPerSecond: Number((times.length / took).toFixed(1)),
        });
      },
    );
    instance.on("response", (_client, status, _bytes, milliseconds) => {
      if (status === 200) times.push(milliseconds);
      else refused++;
    });
  });
}

/** @param {{ machine: { processor: string, cores: number }, seconds: number, rows: Row[] }} result */
function table({ machine, seconds: each, rows }) {
  return [
    `${machine.processor}, ${machine.cores} cores, which the clients share; one process computes; 3 s of sound a request, ${each} s a line. \`npm run benchmark:serve\` measures it anew.`,
    "",
    "| model | clients | requests a second | p50 ms | p95 ms | p99 ms | answered | errors | memory before → after, MiB |",
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ...rows.map(
      (row) =>
        `| ${[row.model, row.clients, row.requestsPerSecond, row.p50, row.p95, row.p99, row.answered, row.errors, `${row.memoryBefore} → ${row.memoryAfter}`].join(" | ")} |`,
    ),
  ].join("\n");
}
