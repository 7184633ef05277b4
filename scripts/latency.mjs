// npm run latency: how long each published row takes for the answer to 3 s of sound, warm, from decoded samples to
// probabilities; one row after another in one process, round after round. Writes results/latency.json, which
// `affectlab compare` and notebook 12 show beside the figures.
import { createRequire } from "node:module";
import { join } from "node:path";
import { significant } from "./benchmark/statistics.mjs";
import { places } from "./setup/places.mjs";
import { prepare } from "./setup/prepare.mjs";
import { reportFailure } from "./setup/setup-error.mjs";
import { compiled as compileStep } from "./setup/steps/compiled.mjs";
import { nativeKernels } from "./setup/steps/native-kernels.mjs";
import { npmPackages } from "./setup/steps/npm-packages.mjs";

const seconds = 3;
const warmUpRounds = 3;
const measuredRounds = 21;
const protocol = "speaker-independent";

try {
  await prepare([npmPackages, nativeKernels, compileStep]);
  const require = createRequire(import.meta.url);
  const compiled = (/** @type {string} */ path) => require(join(places.dist, `${path}.js`));
  /** @type {typeof import("../src/index.js")} */
  const { createRandom, loadPredictor, predictRecording, resolveSettings } = compiled("index");
  /** @type {typeof import("../src/core/files.js")} */
  const { readJson, writeJson } = compiled("core/files");
  /** @type {typeof import("../src/core/tensorflow.js")} */
  const { deviceName } = compiled("core/tensorflow");
  /** @type {typeof import("../src/training/rows.js")} */
  const { rows } = compiled("training/rows");
  /** @type {typeof import("../src/notebook/studies/comparison/latencies.js")} */
  const { latencyPath } = compiled("notebook/studies/comparison/latencies");
  const { describeMachine } = await import("./benchmark/machine.mjs");
  const { refuseDuringTraining } = await import("./benchmark/running-trainings.mjs");
  const settings = resolveSettings();
  await refuseDuringTraining(settings);

  const random = createRandom(0);
  const samples = Float32Array.from({ length: seconds * 16_000 }, () => random.between(-0.5, 0.5));
  const wave = { samples, sampleRate: /** @type {const} */ (16_000) };
  const measured = [];
  for (const { name } of rows) {
    const card = await readJson(join(places.root, "models", name, protocol, "card.json"));
    if (card === null) continue;
    const predictor = await loadPredictor({ model: name, protocol });
    measured.push({ name, predictor, milliseconds: /** @type {number[]} */ ([]) });
  }
  for (let round = 0; round < warmUpRounds + measuredRounds; round++) {
    for (const { predictor, milliseconds } of measured) {
      const start = performance.now();
      predictRecording(predictor, wave);
      if (round >= warmUpRounds) milliseconds.push(performance.now() - start);
    }
  }
  const { processor, cores, gpu } = describeMachine(deviceName());
  const result = {
    machine: { processor, cores, gpu },
    measured: new Date().toISOString(),
    seconds,
    rows: Object.fromEntries(measured.map(({ name, milliseconds }) => [name, quartiles(milliseconds)])),
  };
  await writeJson(latencyPath(settings), result);
  for (const [name, { median, low, high }] of Object.entries(result.rows)) {
    console.log(`${name.padEnd(20)} ${median} ms (half of ${measuredRounds} between ${low} and ${high})`);
  }
} catch (error) {
  reportFailure(error);
}

/** Median and quartiles. @param {number[]} values */
function quartiles(values) {
  const sorted = values.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    significant(/** @type {number} */ (sorted[Math.round(share * (sorted.length - 1))]), 3);
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
