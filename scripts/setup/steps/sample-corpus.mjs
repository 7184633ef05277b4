import { existsSync } from "node:fs";
import { join } from "node:path";
import { places, root, storeFolder } from "../places.mjs";
import { runCommand } from "../run-command.mjs";
import { hashFiles, readStamp, writeStamp } from "../stamps.mjs";

const command = join(root, "bin", "affectlab.cjs");

/** Beside the corpora, not among the sample's recordings. */
export function stampFile() {
  return join(storeFolder(), "setup", "sample.json");
}

/** Synthetic speech follows from the code that makes it and from the synthesiser's version. */
function currentKey() {
  return hashFiles(
    [
      join(places.dist, "corpora", "sample"),
      join(places.modules, "@echogarden", "espeak-ng-emscripten", "package.json"),
    ],
    (file) => file.endsWith(".js") || file.endsWith(".json"),
  );
}

/** @type {import("../prepare.mjs").Step} */
export const sampleCorpus = {
  name: "Sample corpus",
  isDone() {
    const isThere = existsSync(join(storeFolder(), "corpora", "sample"));
    return isThere && readStamp(stampFile()) === currentKey();
  },
  async run(_context, note) {
    const log = join(places.logs, "sample-corpus.log");
    await runCommand(process.execPath, [command, "corpora", "make", "sample"], { log, onLine: note });
    writeStamp(stampFile(), currentKey());
    return "synthetic speech, never a result";
  },
};
