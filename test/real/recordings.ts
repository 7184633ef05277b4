import { cpSync, existsSync, linkSync, mkdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { packageRoot, type Settings } from "../../src/core/settings.js";
import { walkFiles } from "../../src/corpora/store.js";
import { protocolNames } from "../../src/protocols/split.js";
import { temporaryFolder } from "../temporary-folder.js";

/** The folder of CREMA-D that the test script names; the publisher's files or decoded copies of them. */
export function cremaFolder(): string {
  const folder = join(process.env.AFFECTLAB_CORPORA ?? "", "crema-d");
  if (!process.env.AFFECTLAB_CORPORA || !existsSync(folder)) {
    throw new Error("Run test/real by `npm test`, or set AFFECTLAB_CORPORA to a folder that holds crema-d.");
  }
  return folder;
}

/** Settings with a store of the test's own and the committed splits; `full`, for these are recordings. */
export function settingsForRecordings(): Settings {
  const folder = temporaryFolder("real");
  const root = join(folder, "root");
  for (const protocol of protocolNames) {
    const split = join("results", protocol, "split.csv");
    mkdirSync(join(root, "results", protocol), { recursive: true });
    cpSync(join(packageRoot, split), join(root, split));
  }
  return { home: join(folder, "home"), root, profile: "full", seed: 0, precision: "float32" };
}

/** A folder with the recordings of these actors alone. */
export async function folderOfActors(actors: ReadonlySet<string>): Promise<string> {
  const folder = temporaryFolder("actors");
  for (const path of await walkFiles(cremaFolder())) {
    const file = basename(path);
    if (!file.endsWith(".wav") || !actors.has(file.slice(0, 4))) continue;
    try {
      linkSync(path, join(folder, file));
    } catch {
      symlinkSync(path, join(folder, file)); // another file system
    }
  }
  return folder;
}
