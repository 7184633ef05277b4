import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { places, root, storeFolder } from "./places.mjs";
import { capture, runCommand } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";
import { hashFiles, readStamp, writeStamp } from "./stamps.mjs";

/** Where real recordings are at hand for test/real: AFFECTLAB_CORPORA, else ../shared/corpora, else null. */
export function realCorporaSource() {
  const named = process.env.AFFECTLAB_CORPORA;
  if (named) {
    if (!existsSync(named)) {
      throw new SetupError(`AFFECTLAB_CORPORA names ${named}, which does not exist.`, "Correct or unset it.");
    }
    return resolve(named);
  }
  const shared = join(root, "..", "shared", "corpora");
  return existsSync(shared) ? shared : null;
}

/**
 * Makes the recordings that test/real works on, once, and gives the environment that names them to the tests:
 * AFFECTLAB_CORPORA, a folder with `crema-d`. A source with a script `unpack` is decoded into the store (2 minutes);
 * any other is used as it is.
 * @param {string} source from realCorporaSource
 * @param {(text: string) => void} note
 * @returns {Promise<Record<string, string>>}
 */
export async function prepareRealCorpora(source, note) {
  const unpack = join(source, "unpack");
  if (!existsSync(unpack)) return { AFFECTLAB_CORPORA: source };
  const folder = join(storeFolder(), "unpacked");
  const stamp = join(folder, "crema-d.affectlab.json");
  const key = hashFiles([unpack]);
  if (readStamp(stamp) !== key) {
    if (!capture("opusdec", ["--version"]).ok) {
      throw new SetupError(
        `The recordings in ${source} are Opus files, and opusdec is not installed.`,
        "Install it (Debian, Ubuntu: apt-get install opus-tools).",
      );
    }
    await runCommand(unpack, [folder, "crema-d"], {
      log: join(places.logs, "real-corpora.log"),
      onLine: note,
    });
    writeStamp(stamp, key);
  }
  return { AFFECTLAB_CORPORA: folder };
}
