// npm run drill: does to affectlab what happens to programs (killed, disk full, damaged files, load) and reports what of
// its promises holds, in build/drill/. With --long in full; parts that have been done are not repeated (docs/robustness.md).
import { cpus } from "node:os";
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
  const opening = openLine("Laboratory");
  const laboratory = await openLaboratory(opening.note);
  opening.done(relative(places.root, drillFolder));
  for (const part of parts.filter(({ name }) => options.parts.includes(name))) {
    // The short drill is done anew every time; of the long one, which takes hours, what is done stays done.
    const isDone = options.length === "long" && (await readJson(recordOf(part.name))) !== null;
    if (isDone && !options.isAgain) continue;
    const line = openLine(part.title);
    const began = performance.now();
    /** @type {Omit<import("./drill/report.mjs").PartReport, "seconds">} */
    const found = { name: part.name, title: part.title, promise: part.promise, checks: [], notes: [] };
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
    const report = { ...found, seconds: (performance.now() - began) / 1000 };
    await writeJson(recordOf(part.name), report);
    line.done(report.skipped ?? (holds(report) ? "held" : "did not hold"));
    for (const { what, detail } of report.checks.filter((one) => !one.holds))
      console.log(`      ${what}: ${detail ?? "no"}`);
  }
  await writeReport(options, recordOf);
} catch (error) {
  reportFailure(error);
}

/**
 * @param {ReturnType<typeof parseOptions>} options
 * @param {(name: string) => string} recordOf
 */
async function writeReport({ length, seed, isPublished }, recordOf) {
  /** @type {(import("./drill/report.mjs").PartReport | null)[]} */
  const done = await Promise.all(
    parts.map(async ({ name }) => /** @type {any} */ (await readJson(recordOf(name)))),
  );
  const { processor, cores, memoryGiB, system } = describeMachine("CPU");
  const report = {
    ...{ length, seed },
    machine: `${processor || cpus()[0]?.model}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${process.version}`,
    date: new Date().toISOString().slice(0, 10),
    parts: done.filter((part) => part !== null),
    missing: parts.filter((_, i) => done[i] === null).map(({ name }) => name),
  };
  const path = join(drillFolder, `report-${length}`);
  await writeJson(`${path}.json`, report);
  await writeFileAtomic(`${path}.md`, reportMarkdown(report));
  if (isPublished) await writeFileAtomic(join(places.root, "docs", "drill.md"), reportMarkdown(report));
  console.log(`\n${relative(places.root, path)}.md`);
  if (report.parts.some((part) => part.skipped === undefined && !holds(part))) process.exitCode = 1;
}
