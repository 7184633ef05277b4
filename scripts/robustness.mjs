// npm run robustness: in how many of 200 test clips an emotion stays when level, sample rate, channels, codec and extent change;
// writes results/robustness.json and the table in docs/inference.md. Needs the corpora, and opusenc (opus-tools) or ffmpeg.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { places } from "./setup/places.mjs";
import { prepare } from "./setup/prepare.mjs";
import { reportFailure, SetupError } from "./setup/setup-error.mjs";
import { compiled as compileStep } from "./setup/steps/compiled.mjs";
import { npmPackages } from "./setup/steps/npm-packages.mjs";

const models = process.argv.length > 2 ? process.argv.slice(2) : ["general", "page", "whisper", "resnet"];
const clipsJudged = 200;
const protocol = "speaker-independent";

try {
  await prepare([npmPackages, compileStep]);
  const require = createRequire(import.meta.url);
  const compiled = (/** @type {string} */ path) => require(join(places.dist, `${path}.js`));
  /** @type {typeof import("../src/index.js")} */
  const {
    createRandom,
    decodeFile,
    loadCatalogue,
    loadPredictor,
    loadVoiceActivity,
    resolveSettings,
    speechIn,
    ...lab
  } = compiled("index");
  const { answerRecording, readPredictions } = lab;
  /** @type {typeof import("../src/inference/predict.js")} */
  const { isHeardAtOnce } = compiled("inference/predict");
  /** @type {typeof import("../src/evaluation/intervals.js")} */
  const { percentileInterval } = compiled("evaluation/intervals");
  /** @type {typeof import("../src/core/files.js")} */
  const { readJson, writeFileAtomic, writeJson } = compiled("core/files");
  /** @type {typeof import("../src/core/replace-block.js")} */
  const { replaceBlock } = compiled("core/replace-block");
  /** @type {typeof import("../src/cli/terminal-progress.js")} */
  const { openProgress } = compiled("cli/terminal-progress");
  /** @type {typeof import("../src/core/progress.js")} */
  const { trackProgress } = compiled("core/progress");
  const { changes, opusEncoder } = await import("./robustness/changes.mjs");

  if (opusEncoder() === null) {
    throw new SetupError(
      "There is no encoder of Opus on this machine.",
      "Install opus-tools (opusenc) or ffmpeg: `apt-get install opus-tools`, `brew install opus-tools`.",
    );
  }
  const settings = resolveSettings({ profile: "full" });
  const predictions = await readPredictions(
    join(places.root, "results", protocol, /** @type {string} */ (models[0]), "seed-0", "predictions.csv"),
  );
  const random = createRandom(0).fork("robustness");
  const chosen = random
    .shuffle(predictions.map(({ clip }) => clip).sort())
    .slice(0, clipsJudged)
    .sort();
  const paths = new Map(
    (await loadCatalogue(["ravdess", "crema-d", "tess"], settings)).map((clip) => [clip.id, clip.path]),
  );
  const activity = await loadVoiceActivity();
  const predictors = await Promise.all(models.map((model) => loadPredictor({ model, protocol })));
  /** @type {Record<string, Record<string, boolean[]>>} */
  const kept = Object.fromEntries(
    models.map((model) => [model, Object.fromEntries(changes.map(({ name }) => [name, []]))]),
  );
  const progress = await openProgress();
  const track = trackProgress("clips", chosen.length, progress.listener);
  for (const clip of chosen) {
    const path = paths.get(clip);
    if (path === undefined)
      throw new SetupError(`${clip} is not in the store.`, "Import the corpora: docs/corpora.md.");
    const original = (await decodeFile(path)).samples;
    const waves = [original];
    for (const { apply } of changes) waves.push(await apply(original));
    for (const [m, predictor] of predictors.entries()) {
      const [before, ...after] = waves.map((samples) => {
        const wave = { samples, sampleRate: /** @type {const} */ (16_000) };
        const speech = isHeardAtOnce(predictor, wave) ? [] : speechIn(activity, samples);
        return answerRecording(predictor, wave, speech).emotion;
      });
      after.forEach((emotion, k) => {
        kept[/** @type {string} */ (models[m])]?.[
          /** @type {import("./robustness/changes.mjs").Change} */ (changes[k]).name
        ]?.push(emotion === before);
      });
    }
    track.advance();
  }
  progress.close();

  const share = (/** @type {boolean[]} */ all) => all.filter(Boolean).length / all.length;
  const figure = (/** @type {boolean[]} */ all) => {
    const draws = createRandom(0).fork("bootstrap");
    const shares = Array.from({ length: 1000 }, () =>
      share(all.map(() => all[draws.below(all.length)] === true)),
    );
    return { kept: share(all), interval: percentileInterval(shares) };
  };
  const path = join(places.root, "results", "robustness.json");
  const there = /** @type {{ models?: object } | null} */ (await readJson(path));
  const figures = Object.fromEntries(
    Object.entries(kept).map(([model, of]) => [
      model,
      Object.fromEntries(Object.entries(of).map(([name, all]) => [name, figure(all)])),
    ]),
  );
  const result = {
    ...{ clips: chosen.length, protocol, part: "test", seed: 0 },
    changes: Object.fromEntries(changes.map(({ name, title }) => [name, title])),
    models: { ...there?.models, ...figures },
  };
  await writeJson(path, result);

  const percent = (/** @type {number} */ value) => (100 * value).toFixed(1);
  const rows = Object.entries(
    /** @type {Record<string, Record<string, ReturnType<typeof figure>>>} */ (result.models),
  ).map(([model, of]) => {
    const cells = changes.map(({ name }) => {
      const {
        kept: value,
        interval: [low, high],
      } = /** @type {ReturnType<typeof figure>} */ (of[name]);
      return `${percent(value)} [${percent(low)}, ${percent(high)}]`;
    });
    return `| ${[model, ...cells].join(" | ")} |`;
  });
  const table = [
    `| model | ${changes.map(({ title }) => title).join(" | ")} |`,
    `|---|${changes.map(() => "---|").join("")}`,
    ...rows,
  ].join("\n");
  const page = join(places.root, "docs", "inference.md");
  const text = await readFile(page, "utf8");
  const block = { start: "<!-- robustness -->", end: "<!-- /robustness -->", holds: "the robustness" };
  await writeFileAtomic(page, replaceBlock(text, block, table, "docs/inference.md"));
  console.log(table);
} catch (error) {
  reportFailure(error);
}
