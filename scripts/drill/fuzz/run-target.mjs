// A process that fuzzes one target: node run-target.mjs TARGET FOLDER SECONDS SEED, or runs the input of a file alone:
// node run-target.mjs TARGET FOLDER 0 0 FILE. It writes each input to FOLDER/current
// before it is run, so that whoever watches knows what killed, blocked or filled this process; what it found it writes to
// FOLDER/report.json, and inputs that were answered with anything but a refusal to FOLDER/findings/.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compiled } from "../../benchmark/compiled.mjs";
import { openCoverage } from "./coverage.mjs";
import { enlarge, mutate } from "./mutate.mjs";
import { targets } from "./targets.mjs";

/** Inputs between two looks at what has run: one look takes as long as many inputs. */
const inputsALook = 16;

const [name = "", folder = "", seconds = "", seed = "", alone] = process.argv.slice(2);
const target = /** @type {import("./targets.mjs").Target} */ (targets[name]);
const current = join(folder, "current");
mkdirSync(join(folder, "work"), { recursive: true });
mkdirSync(join(folder, "findings"), { recursive: true });

const { createRandom } = compiled("core/random");
const random = createRandom(Number(seed)).fork(name);
const coverage = await openCoverage(/\/dist\/|audio-decode|@audio|csv-parse|yauzl/);
const { seeds, run } = await target.open(join(folder, "work"));

/** @type {Map<string, string>} what was thrown, by where */
const findings = new Map();
let executions = 0;
/** @type {Uint8Array} */
let input = new Uint8Array();

// What a decoder throws where nobody waits for it is a finding as well.
for (const event of /** @type {const} */ (["uncaughtException", "unhandledRejection"]))
  process.on(event, (error) => keepFinding(error, event));

/** @param {Uint8Array} bytes */
async function execute(bytes) {
  input = bytes;
  writeFileSync(current, bytes);
  executions += 1;
  try {
    await run(bytes);
  } catch (error) {
    if (/** @type {any} */ (error)?.name !== "LabError") keepFinding(error, "thrown");
  }
}

/**
 * @param {unknown} error
 * @param {string} how
 */
function keepFinding(error, how) {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const place =
    stack.split("\n").find((line) => /^\s+at .*(dist|node_modules)/.test(line)) ?? stack.slice(0, 100);
  const key = createHash("sha256").update(`${how} ${place}`).digest("hex").slice(0, 12);
  if (findings.has(key)) return;
  findings.set(key, `${how}: ${stack.split("\n").slice(0, 4).join(" ")}`);
  writeFileSync(join(folder, "findings", `${key}.bin`), input);
  writeFileSync(join(folder, "findings", `${key}.txt`), stack);
}

const report = () =>
  writeFileSync(
    join(folder, "report.json"),
    JSON.stringify({ executions, inputs: corpus.length, places: met.size, findings: [...findings.values()] }),
  );

const corpus = [...seeds];
/** The places of the code that have run so far. @type {Set<string>} */
const met = new Set();
for (const one of alone === undefined ? seeds : [new Uint8Array(readFileSync(alone))]) await execute(one);
for (const place of await coverage.take()) met.add(place);

const until = Date.now() + 1000 * Number(seconds);
for (let reportedAt = 0; Date.now() < until; ) {
  const batch = Array.from({ length: inputsALook }, () => {
    // What was found last leads on: half of the choices are among the newest.
    const newest = random.chance(0.5) ? Math.min(corpus.length, 20) : corpus.length;
    const chosen = /** @type {Uint8Array} */ (corpus[corpus.length - 1 - random.below(newest)]);
    const changed = mutate(chosen, random, corpus, target.mostBytes);
    return random.chance(0.002) ? enlarge(changed, random, target.mostBytes) : changed;
  });
  for (const one of batch) await execute(one);
  const fresh = new Set([...(await coverage.take())].filter((place) => !met.has(place)));
  for (const place of fresh) met.add(place);
  // Which of them it was is seen by running them again, one by one.
  for (const one of fresh.size > 0 ? batch : []) {
    if (one.length > 100_000 || fresh.size === 0) continue;
    await execute(one);
    const places = [...(await coverage.take())].filter((place) => fresh.delete(place));
    if (places.length > 0) corpus.push(one);
  }
  if (Date.now() - reportedAt < 1000) continue;
  reportedAt = Date.now();
  report();
}
report();
process.exit(0);
