// npm run drill: does to affectlab what happens to programs (killed, disk full, damaged files, load) and reports what of
// its promises holds, in build/drill/. With --long in full; parts that have been done are not repeated, nor those that
// results/drill.json has from another machine (docs/robustness.md).
import { spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import { compiled } from "./benchmark/compiled.mjs";
import { describeMachine } from "./benchmark/machine.mjs";
import { drillFolder, openLaboratory } from "./drill/laboratory.mjs";
import { parseOptions } from "./drill/options.mjs";
import { check, Skipped } from "./drill/part.mjs";
import { parts } from "./drill/parts.mjs";
import { endAll } from "./drill/product.mjs";
import { holds, reportMarkdown } from "./drill/report.mjs";
import { places } from "./setup/places.mjs";
import { openLine } from "./setup/say.mjs";
import { reportFailure } from "./setup/setup-error.mjs";

/** @type {typeof import("../src/core/files.js")} */
const { readJson, writeFileAtomic, writeJson } = compiled("core/files");
/** @type {typeof import("../src/core/random.js")} */
const { createRandom } = compiled("core/random");

/** What --publish keeps of the long drill, so that another machine goes on with it. */
const publishedFile = join(places.root, "results", "drill.json");

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"]))
  process.once(signal, () => {
    endAll();
    process.exit(signal === "SIGINT" ? 130 : 143);
  });

try {
  const options = parseOptions(
    process.argv.slice(2),
    parts.map(({ name }) => name),
  );
  const folder = join(drillFolder, options.length);
  const recordOf = (/** @type {string} */ name) => join(folder, `${name}.json`);
  const earlier = options.length === "long" && !options.isAgain ? await readPublished() : [];
  /** What a part came to here, else on another machine. */
  const readDone = async (/** @type {string} */ name) =>
    /** @type {import("./drill/report.mjs").PartReport | null} */ (await readJson(recordOf(name))) ??
    earlier.find((part) => part.name === name) ??
    null;
  const opening = openLine("Laboratory");
  const laboratory = await openLaboratory(opening.note);
  opening.done(relative(places.root, drillFolder));
  for (const part of parts.filter(({ name }) => options.parts.includes(name))) {
    // The short drill is done anew every time; of the long one, which takes hours, what is done stays done.
    const isDone = options.length === "long" && (await readDone(part.name)) !== null;
    if (isDone && !options.isAgain) continue;
    const line = openLine(part.title);
    const began = performance.now();
    /** @type {Omit<import("./drill/report.mjs").PartReport, "seconds">} */
    const found = {
      ...{ name: part.name, title: part.title, promise: part.promise, checks: [], notes: [] },
      ...{
        seed: options.seed,
        date: new Date().toISOString().slice(0, 10),
        version: version(),
        machine: machine(),
      },
    };
    try {
      const random = createRandom(options.seed).fork(part.name);
      Object.assign(found, await part.run({ laboratory, amounts: options.amounts, random, note: line.note }));
    } catch (error) {
      if (error instanceof Skipped) found.skipped = error.message;
      else found.checks.push(check("the part could be carried out", false, String(error)));
    } finally {
      endAll();
      laboratory.clear();
    }
    const report = withoutPlace({ ...found, seconds: (performance.now() - began) / 1000 });
    await writeJson(recordOf(part.name), report);
    line.done(report.skipped ?? (holds(report) ? "held" : "did not hold"));
    for (const { what, detail } of report.checks.filter((one) => !one.holds))
      console.log(`      ${what}: ${detail ?? "no"}`);
  }
  await writeReport(options, readDone);
} catch (error) {
  reportFailure(error);
}

/**
 * A report without the folder of this machine in which the checkout lies.
 * @template T
 * @param {T} report
 * @returns {T}
 */
function withoutPlace(report) {
  return JSON.parse(JSON.stringify(report).replaceAll(places.root, "."));
}

/** The parts that have been published with --publish, on whatever machine. */
async function readPublished() {
  const published = /** @type {{ parts: import("./drill/report.mjs").PartReport[] } | null} */ (
    await readJson(publishedFile)
  );
  return published?.parts ?? [];
}

/** The commit that is tried, as a reader finds it again. */
function version() {
  const { stdout } = spawnSync("git", ["describe", "--always", "--dirty", "--abbrev=7"], {
    cwd: places.root,
    encoding: "utf8",
  });
  return stdout?.trim() || "no commit";
}

function machine() {
  const { processor, cores, memoryGiB, system } = describeMachine("CPU");
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${process.version}`;
}

/**
 * @param {ReturnType<typeof parseOptions>} options
 * @param {(name: string) => Promise<import("./drill/report.mjs").PartReport | null>} readDone
 */
async function writeReport({ length, isPublished }, readDone) {
  const done = await Promise.all(parts.map(({ name }) => readDone(name)));
  const report = {
    length,
    parts: done.filter((part) => part !== null),
    missing: parts.filter((_, i) => done[i] === null).map(({ name }) => name),
  };
  const path = join(drillFolder, `report-${length}`);
  await writeJson(`${path}.json`, report);
  await writeFileAtomic(`${path}.md`, reportMarkdown(report));
  if (isPublished) {
    await writeJson(publishedFile, report);
    await writeFileAtomic(join(places.root, "docs", "drill.md"), reportMarkdown(report));
  }
  console.log(`\n${relative(places.root, path)}.md`);
  if (report.parts.some((part) => part.skipped === undefined && !holds(part))) process.exitCode = 1;
}
