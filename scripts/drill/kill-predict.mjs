import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { compiled } from "../benchmark/compiled.mjs";
import { filesBelow } from "./folder-content.mjs";
import { killAndCompare } from "./kills.mjs";
import { mergeFindings } from "./merge-findings.mjs";

/** @type {typeof import("../../src/audio/decode-file.js")} */
const { decodeFile } = compiled("audio/decode-file");
/** @type {typeof import("../../src/audio/encode-wav.js")} */
const { encodeWav } = compiled("audio/encode-wav");

/** @type {import("./part.mjs").Part} */
export const killPredict = {
  name: "kill-predict",
  title: "kill -9 while predicting",
  promise:
    "The same command gives the same answers; a timeline that is written to a file is there whole or not at all.",
  async run(context) {
    const { laboratory, amounts } = context;
    const prepare = () => laboratory.newWorkplace("predict", { models: ["resnet", "voice-activity"] });
    const half = { ...context, amounts: { ...amounts, kills: Math.ceil(amounts.kills / 2) } };
    const folder = join(laboratory.newFolder("recordings"), "some");
    mkdirSync(folder);
    for (const name of recordingsOf(laboratory.sample).slice(0, 40))
      copyFileSync(join(laboratory.sample, "crema-d", name), join(folder, basename(name)));
    const long = await longRecording(laboratory.sample, laboratory.newFolder("long"));
    /** @type {string | null} */
    let whole = null;
    /** @param {import("./laboratory.mjs").Workplace} place */
    const timelineOf = ({ home }) => join(home, "timeline.html");
    return mergeFindings({
      "a folder": await killAndCompare(
        {
          prepare,
          command: () => ["predict", folder, "--model", "resnet", "--csv"],
          outcome: (_, { stdout }) => Object.fromEntries(stdout.split("\n").entries()),
          damage: () => [],
        },
        context,
      ),
      "a timeline": await killAndCompare(
        {
          prepare,
          command: (place) => ["predict", long, "--model", "resnet", "--timeline", timelineOf(place)],
          outcome: (place) => {
            whole = readFileSync(timelineOf(place), "utf8");
            return { timeline: whole };
          },
          damage: (place) =>
            existsSync(timelineOf(place)) && readFileSync(timelineOf(place), "utf8") !== whole
              ? ["the timeline is not whole"]
              : [],
        },
        half,
      ),
    });
  },
};

/** @param {string} sample */
const recordingsOf = (sample) => filesBelow(join(sample, "crema-d")).filter((file) => file.endsWith(".wav"));

/**
 * Forty seconds of the sample's speech in one file.
 * @param {string} sample
 * @param {string} folder
 */
async function longRecording(sample, folder) {
  /** @type {number[]} */
  const samples = [];
  for (const name of recordingsOf(sample)) {
    if (samples.length > 40 * 16_000) break;
    samples.push(...(await decodeFile(join(sample, "crema-d", name))).samples);
  }
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "long.wav");
  writeFileSync(path, encodeWav(Float32Array.from(samples), 16_000));
  return path;
}
