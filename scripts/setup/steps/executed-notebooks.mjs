import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { places, root } from "../places.mjs";
import { runCommand } from "../run-command.mjs";
import { SetupError } from "../setup-error.mjs";
import { hashFiles, hashTexts, readStamp, writeStamp } from "../stamps.mjs";
import { stampFile } from "./sample-corpus.mjs";

const stamps = join(places.executed, ".stamps");

/** The committed notebooks in reading order; they are read, never written. */
export function committedNotebooks() {
  if (!existsSync(places.notebooks)) return [];
  const names = readdirSync(places.notebooks).filter(
    (name) => name.endsWith(".ipynb") && !name.startsWith("."),
  );
  return names.sort().map((name) => join(places.notebooks, name));
}

/** Where a notebook's executed copy lies. */
/** @param {string} path */
export function executedCopy(path) {
  return join(places.executed, basename(path));
}

/** A notebook runs again when itself, the compiled code, the sample corpus or TensorFlow changed. */
function keyOfCode() {
  const code = hashFiles([places.dist], (file) => file.endsWith(".js"));
  const sample = readStamp(stampFile()) ?? "";
  return hashTexts([code, sample, readStamp(join(places.moduleStamps, "tensorflow.json")) ?? ""]);
}

function staleNotebooks() {
  const code = keyOfCode();
  return committedNotebooks()
    .map((path) => ({
      path,
      stamp: join(stamps, `${basename(path)}.json`),
      key: hashTexts([code, hashFiles([path])]),
    }))
    .filter(({ path, stamp, key }) => !existsSync(executedCopy(path)) || readStamp(stamp) !== key);
}

/** @type {import("../prepare.mjs").Step} */
export const executedNotebooks = {
  name: "Notebooks on sample",
  isDone() {
    return existsSync(places.dist) && staleNotebooks().length === 0;
  },
  async run(_context, note) {
    const stale = staleNotebooks();
    const paths = stale.map(({ path }) => path);
    const args = [
      ...paths,
      "--profile",
      "sample",
      "--jobs",
      "2",
      "--timeout",
      "600",
      "--output",
      places.executed,
    ];
    /** @type {string[]} */
    const said = [];
    try {
      await runCommand(process.execPath, [join(root, "bin", "nbconvert-runner.cjs"), ...args], {
        log: join(places.logs, "notebooks.log"),
        onLine(line) {
          note(line);
          if (!/: cell \d+ of \d+/.test(line)) said.push(line);
        },
      });
    } catch {
      noteFinished(stale, said);
      throw new SetupError(said.join("\n"), `The whole log: ${join("build", "logs", "notebooks.log")}`);
    }
    noteFinished(stale, said);
    return `${paths.length} executed`;
  },
};

/**
 * Stamps the notebooks that ran well, so that after a failure only the others run again.
 * @param {readonly { path: string, stamp: string, key: string }[]} stale
 * @param {readonly string[]} said what the runner told about each
 */
function noteFinished(stale, said) {
  for (const { path, stamp, key } of stale) {
    if (said.some((line) => line.startsWith(`✓ ${basename(path)} `))) writeStamp(stamp, key);
  }
}
