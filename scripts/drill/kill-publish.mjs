import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { compiled } from "../benchmark/compiled.mjs";
import { contentOfFolder, filesBelow } from "./folder-content.mjs";
import { killAndCompare, lastLine } from "./kills.mjs";
import { linkTree } from "./laboratory.mjs";
import { runToEnd } from "./product.mjs";

/** @type {typeof import("../../src/evaluation/predictions-file.js")} */
const { readPredictions } = compiled("evaluation/predictions-file");
/** @type {typeof import("../../src/evaluation/report.js")} */
const { evaluatePredictions } = compiled("evaluation/report");

/** @type {import("./part.mjs").Part} */
export const killPublish = {
  name: "kill-publish",
  title: "kill -9 while publishing",
  promise:
    "A result that takes the place of another one is there whole, or it does not say that it is there; the same command puts it right.",
  async run(context) {
    const { laboratory, note } = context;
    const trained = laboratory.newWorkplace("trained");
    note("two runs to publish");
    const after = await trainTwo(trained);
    /** @type {Map<string, string | undefined>} */
    const weightsOf = new Map();
    await damagedResults(trained.root, weightsOf);
    return await killAndCompare(
      {
        async prepare() {
          const place = laboratory.newWorkplace("publish", { withSample: false });
          linkTree(join(trained.root, "results"), join(place.root, "results"));
          linkTree(join(trained.root, "models"), join(place.root, "models"));
          return { ...place, home: trained.home };
        },
        command: () => ["publish", after, "--replace"],
        async outcome({ root }) {
          await damagedResults(root, weightsOf);
          return published(root);
        },
        damage: ({ root }) => damagedResults(root, weightsOf),
      },
      context,
    );
  },
};

/**
 * Trains two specifications on recordings of one's own, which may be published, and publishes the first.
 * @param {import("./laboratory.mjs").Workplace} place
 * @returns {Promise<string>} the hash of the second
 */
async function trainTwo(place) {
  const from = join(place.home, "corpora", "sample", "ravdess");
  const codes = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"];
  const rows = filesBelow(from)
    .filter((name) => name.endsWith(".wav"))
    .map((name) => {
      const [, , emotion, , , , speaker] = (name.split("/").at(-1) ?? "").replace(".wav", "").split("-");
      return `${name},${codes[Number(emotion) - 1]},${speaker}`;
    });
  const labels = join(place.home, "labels.csv");
  writeFileSync(labels, `file,emotion,speaker\n${rows.join("\n")}\n`);
  await succeed(place, ["corpora", "add", "mine", "--from", from, "--labels", labels]);
  /** @type {string[]} */
  const hashes = [];
  for (const epochs of [1, 2]) {
    const settings = [`training.epochs=${epochs}`, "training.batchSize=16"].flatMap((one) => ["--set", one]);
    const where = [
      "--protocol",
      "combined",
      "--corpora",
      "mine",
      "--profile",
      "full",
      "--precision",
      "float32",
    ];
    const { stdout } = await succeed(place, ["train", "resnet", ...where, ...settings, "--json"]);
    hashes.push(JSON.parse(stdout).specHash);
  }
  await succeed(place, ["publish", /** @type {string} */ (hashes[0])]);
  return /** @type {string} */ (hashes[1]);
}

/**
 * @param {import("./laboratory.mjs").Workplace} place
 * @param {readonly string[]} args
 */
async function succeed(place, args) {
  const ended = await runToEnd(place, args);
  if (ended.code !== 0) throw new Error(`affectlab ${args.join(" ")}: ${lastLine(ended.stderr)}`);
  return ended;
}

/** @param {string} root */
const published = (root) => ({
  ...contentOfFolder(join(root, "results")),
  ...contentOfFolder(join(root, "models")),
});

/**
 * Results whose metrics.json is there and does not belong to the predictions beside it, and models whose card.json is of
 * another run than their weights.
 * @param {string} root
 * @param {Map<string, string | undefined>} weightsOf the checksums of both runs' weights, as they were first met
 */
async function damagedResults(root, weightsOf) {
  /** @type {string[]} */
  const damage = [];
  for (const name of filesBelow(join(root, "results")).filter((file) => file.endsWith("metrics.json"))) {
    const folder = join(root, "results", name, "..");
    const metrics = JSON.parse(readFileSync(join(folder, "metrics.json"), "utf8"));
    for (const [part, file] of Object.entries({
      test: "predictions.csv",
      validation: "predictions-validation.csv",
    })) {
      const own = JSON.parse(JSON.stringify(evaluatePredictions(await readPredictions(join(folder, file)))));
      if (!isDeepStrictEqual(own, metrics[part])) damage.push(`${name} does not follow from ${file}`);
    }
  }
  for (const name of filesBelow(join(root, "models")).filter((file) => file.endsWith("card.json"))) {
    const folder = join(root, "models", name, "..");
    const { specHash } = JSON.parse(readFileSync(join(folder, "card.json"), "utf8"));
    const weights = contentOfFolder(folder)["weights.bin"];
    const known = weightsOf.get(specHash);
    if (known === undefined) weightsOf.set(specHash, weights);
    else if (known !== weights) damage.push(`${name} is of run ${specHash}, the weights beside it are not`);
  }
  return damage;
}
