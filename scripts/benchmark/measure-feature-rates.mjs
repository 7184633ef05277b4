// Log-mel and MFCC on one core beside librosa, in turns.
import { places } from "../setup/places.mjs";
import { runOnce } from "./one-shot.mjs";
import { makeRow } from "./row.mjs";

const figures = /** @type {const} */ ({ "log-mel": "logMel", mfcc: "mfcc" });

/**
 * @param {keyof typeof figures} task
 * @param {import("./workplace.mjs").Workplace} workplace
 */
export async function measureFeatureRate(task, { effort }) {
  const repeats = { ours: /** @type {number[]} */ ([]), librosa: /** @type {number[]} */ ([]) };
  const key = figures[task];
  const seconds = [String(effort.seconds)];
  for (let round = 0; round < Math.ceil(effort.rounds / 2); round++) {
    repeats.ours.push(runOnce(process.execPath, "measure-features.mjs", seconds).clipsPerSecond[key]);
    repeats.librosa.push(runOnce(places.python, "features_librosa.py", seconds).clipsPerSecond[key]);
  }
  return [makeRow({ task, unit: "clips/s", repeats, note: "a clip of 3 s, one thread" })];
}
