import { copyFileSync, cpSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { contentOfFolder, filesBelow } from "./folder-content.mjs";
import { lastLine } from "./kills.mjs";
import { check, checkNone } from "./part.mjs";
import { runToEnd, start } from "./product.mjs";

const featurise = ["train", "baseline-descriptors", "--protocol", "combined"];

/** @type {import("./part.mjs").Part} */
export const changingFiles = {
  name: "changing-files",
  title: "Files that vanish or change while they are read",
  promise:
    "They are named; nothing that was made of a changed file is kept under the original's name, and all other files are done.",
  async run({ laboratory, random, note }) {
    const usual = laboratory.newWorkplace("usual");
    note("undisturbed");
    await runToEnd(usual, featurise);
    const expected = contentOfFolder(join(usual.home, "features"));

    note("while features are computed");
    const place = laboratory.newWorkplace("changing", { withSample: false });
    const sample = join(place.home, "corpora", "sample");
    cpSync(laboratory.sample, sample, { recursive: true }); // copies: these are changed
    const recordings = random.shuffle(filesBelow(sample).filter((name) => name.endsWith(".wav")));
    const work = start(place, featurise);
    work.child.stdin.end();
    await work.hasSaid(/features: /);
    const [vanished, changed] = [recordings.slice(0, 20), recordings.slice(20, 40)];
    for (const name of vanished) rmSync(join(sample, name));
    for (const name of changed) {
      copyFileSync(join(laboratory.sample, recordings.at(-1) ?? ""), join(sample, `${name}.new`));
      renameSync(join(sample, `${name}.new`), join(sample, name));
    }
    const ended = await work.ended;
    const features = contentOfFolder(join(place.home, "features"));
    const wrong = Object.keys(features).filter((name) => features[name] !== expected[name]);

    note("while a folder is predicted");
    const predicting = laboratory.newWorkplace("vanishing", {
      models: ["resnet", "voice-activity"],
      withSample: false,
    });
    const folder = join(predicting.home, "recordings");
    for (const name of recordings.slice(40, 100))
      cpSync(join(laboratory.sample, name), join(folder, basename(name)));
    const prediction = start(predicting, ["predict", folder, "--model", "resnet", "--csv"]);
    prediction.child.stdin.end();
    await prediction.hasSaid(/recordings: /);
    for (const name of recordings.slice(90, 100)) rmSync(join(folder, basename(name)));
    const answered = await prediction.ended;
    const lines = answered.stdout.trim().split("\n").length - 1;
    const missing = recordings.slice(40, 100).filter((name) => !answered.stdout.includes(basename(name)));
    const unnamed = missing.filter((name) => !answered.stderr.includes(basename(name)));
    return {
      checks: [
        check(
          "featurising ends with 0, or with 1 and a reason",
          ended.code === 0 || ended.code === 1,
          `exit code ${ended.code}: ${lastLine(ended.stderr)}`,
        ),
        checkNone("no entry of the cache holds anything but its own clip", wrong),
        check("a file that vanished was met", ended.code === 1, "all had been read already"),
        check(
          "predict ends with 0 or 1 and answers the others",
          [0, 1].includes(answered.code ?? -1) && lines >= 50,
          `exit code ${answered.code}, ${lines} of 60 answered`,
        ),
        checkNone("each recording without an answer is named", unnamed),
      ],
      notes: [
        `${Object.keys(features).length} of ${Object.keys(expected).length} entries were computed around 40 clips that vanished or changed.`,
        `${missing.length} recordings vanished before predict read them.`,
      ],
    };
  },
};
