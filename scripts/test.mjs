// npm test: sets up what is missing, then formatting and lint, types, the import table and the whole test suite.
// test/real runs where the real corpora are at hand: ../shared/corpora, or a folder named in AFFECTLAB_CORPORA.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { places, root } from "./setup/places.mjs";
import { prepare } from "./setup/prepare.mjs";
import { prepareRealCorpora, realCorporaSource } from "./setup/real-corpora.mjs";
import { formatSeconds, openLine } from "./setup/say.mjs";
import { reportFailure } from "./setup/setup-error.mjs";
import { laboratory } from "./setup/steps/index.mjs";

const start = performance.now();
/** @type {string[]} */
const failed = [];

/**
 * Runs one part of the suite with its output passed through, and notes whether it failed.
 * @param {string} name
 * @param {string[]} args for Node
 * @param {Record<string, string>} [env]
 */
function check(name, args, env = {}) {
  console.log(`\n— ${name}`);
  const done = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (done.status !== 0) failed.push(name);
}

/** @param {...string} parts */
const tool = (...parts) => join(places.modules, ...parts);

/** Vitest's own counts; null when it ended before it wrote them. */
/** @param {string} path */
function readCounts(path) {
  if (!existsSync(path)) return null;
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
    readFileSync(path, "utf8"),
  );
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
}

/** @param {string} corpora */
async function unpackWithLine(corpora) {
  const line = openLine("Real corpora");
  try {
    const env = await prepareRealCorpora(corpora, line.note);
    line.done(env.AFFECTLAB_CORPORA);
    return env;
  } catch (error) {
    line.failed();
    throw error;
  }
}

try {
  await prepare(laboratory);
  const corpora = realCorporaSource();
  const env = corpora === null ? {} : await unpackWithLine(corpora);
  if (corpora === null) console.log("  No real corpora at hand: test/real is left out.");

  check("Format and lint (biome)", [tool("@biomejs", "biome", "bin", "biome"), "check", "."]);
  for (const [name, project] of Object.entries({
    "Types (tsc)": "tsconfig.json",
    "Types of the page (tsc)": "src/web",
  })) {
    check(name, [tool("typescript", "bin", "tsc"), "-p", project, "--noEmit"]);
  }
  const cruiser = tool("dependency-cruiser", "bin", "dependency-cruise.mjs");
  check("Imports (dependency-cruiser)", [cruiser, "src", "--config", ".dependency-cruiser.cjs"]);
  mkdirSync(places.build, { recursive: true });
  const report = join(places.build, "vitest.json");
  rmSync(report, { force: true });
  const only = process.argv.slice(2);
  const without = corpora === null ? ["--exclude", "test/real/**"] : [];
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  check("Tests (vitest)", [tool("vitest", "vitest.mjs"), "run", ...only, ...without, ...reporters], {
    ...env,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --require ${JSON.stringify(places.nodeCompat)}`.trim(),
  });

  const counts = readCounts(report);
  const seconds = formatSeconds((performance.now() - start) / 1000);
  console.log(
    failed.length === 0
      ? `\nEverything passed in ${seconds}.`
      : `\nFailed: ${failed.join(", ")} (${seconds}).`,
  );
  if (counts === null) console.log("The tests did not run to their end.");
  else
    console.log(
      `${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ""}`,
    );
  if (failed.length > 0 || counts === null || counts.passed === 0) process.exitCode = 1;
} catch (error) {
  reportFailure(error);
}
