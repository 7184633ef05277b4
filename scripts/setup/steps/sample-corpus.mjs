import { existsSync } from "node:fs";
import { join } from "node:path";
import { places, root, storeFolder } from "../places.mjs";
import { runCommand } from "../run-command.mjs";
import { hashFiles, readStamp, writeStamp } from "../stamps.mjs";

const command = join(root, "bin", "affectlab.cjs");

function stampFile() {
  return join(storeFolder(), "corpora", "sample", ".affectlab.json");
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
    return existsSync(stampFile()) && readStamp(stampFile()) === currentKey();
  },
  async run(_context, note) {
    if (!existsSync(command)) return "left out: this checkout has no command line yet";
    const log = join(places.logs, "sample-corpus.log");
    await runCommand(process.execPath, [command, "corpora", "make", "sample"], { log, onLine: note });
    writeStamp(stampFile(), currentKey());
    return "synthetic speech, never a result";
  },
};
