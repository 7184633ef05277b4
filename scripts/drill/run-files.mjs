// What a training leaves in the store, as the drill compares and doubts it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compiled } from "../benchmark/compiled.mjs";

/** @type {typeof import("../../src/core/safetensors.js")} */
const { decodeSafetensors } = compiled("core/safetensors");
/** @type {typeof import("../../src/core/hash.js")} */
const { sha256 } = compiled("core/hash");
/** @type {typeof import("../../src/training/run-store.js")} */
const { lockName, readRun } = compiled("training/run-store");
/** @type {typeof import("../../src/core/settings.js")} */
const { resolveSettings } = compiled("core/settings");

/** @param {import("./laboratory.mjs").Workplace} place */
export const settingsOf = ({ home, root }) => resolveSettings({ home, root, profile: "sample", seed: 0 });

/** @param {import("./laboratory.mjs").Workplace} place */
export function runFolders({ home }) {
  const runs = join(home, "runs");
  return listed(runs).map((hash) => ({ hash, folder: join(runs, hash) }));
}

/**
 * Every file of every run in the store, without times: weights and optimiser by their bytes, texts by their content. Not
 * the lock, which stays where its owner was killed after its last file: nobody takes it for a living one's.
 * @param {import("./laboratory.mjs").Workplace} place
 */
export function contentOfRuns(place) {
  /** @type {Record<string, unknown>} */
  const content = {};
  for (const { hash, folder } of runFolders(place)) {
    for (const name of listed(folder)) {
      if (name === lockName) continue;
      const bytes = readFileSync(join(folder, name));
      content[`${hash}/${name}`] = name.endsWith(".safetensors")
        ? tensorsOf(bytes, name)
        : name === "metrics.json"
          ? { ...JSON.parse(bytes.toString("utf8")), seconds: 0 }
          : name === "history.csv"
            ? bytes.toString("utf8").replace(/,[^,\n]*\n/g, "\n") // the last column: seconds
            : bytes.toString("utf8");
    }
  }
  return content;
}

/**
 * @param {Uint8Array} bytes
 * @param {string} name
 */
function tensorsOf(bytes, name) {
  const { arrays, metadata } = decodeSafetensors(bytes, name);
  const { seconds: _, epochSeconds: __, history, ...state } = JSON.parse(metadata.state ?? "{}");
  return {
    arrays: arrays.map(({ name: array, values }) => [array, sha256(new Uint8Array(values.buffer))]),
    state: { ...state, history: history.map((/** @type {object} */ record) => ({ ...record, seconds: 0 })) },
    step: metadata.step,
  };
}

/**
 * What is read as whole and is not: files with their final name that cannot be read, and finished runs that lack something.
 * @param {import("./laboratory.mjs").Workplace} place
 */
export async function damagedRuns(place) {
  /** @type {string[]} */
  const damage = [];
  const attempt = async (/** @type {string} */ what, /** @type {() => unknown} */ read) => {
    try {
      await read();
    } catch (error) {
      damage.push(`${what}: ${error instanceof Error ? error.message : error}`);
    }
  };
  for (const { hash, folder } of runFolders(place)) {
    for (const name of listed(folder)) {
      const bytes = readFileSync(join(folder, name));
      if (name.endsWith(".safetensors"))
        await attempt(`${hash}/${name}`, () => decodeSafetensors(bytes, name));
      if (name.endsWith(".json")) await attempt(`${hash}/${name}`, () => JSON.parse(bytes.toString("utf8")));
    }
    await attempt(hash, async () => {
      const run = await readRun(hash, settingsOf(place));
      const isWhole = run === null || (run.test.length > 0 && run.history.length === run.metrics.epochs);
      if (!isWhole) throw new Error("metrics.json is there, predictions or history are not whole");
    });
  }
  return damage;
}

/** @param {string} folder */
function listed(folder) {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
