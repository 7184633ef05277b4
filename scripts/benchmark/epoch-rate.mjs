// Whole epochs of the training loop beside bare steps of the same network in the same process, in turns:
//
//     node scripts/benchmark/epoch-rate.mjs MODEL float32|bf16 ROUNDS
//
// The loop does what it does in a run of the full profile: clips from memory, augmentation, mixup, batch assembly, the
// step, averaged weights. Prints one line of JSON: clips a second of each epoch, and of the steps before and behind each.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiled } from "./compiled.mjs";
import { drawBatch } from "./ours-network.mjs";
import { trainOurs } from "./ours-training.mjs";
import { stepRate } from "./step-rate.mjs";

/** @type {typeof import("../../src/audio/wave.js")} */
const { sampleRateHz } = compiled("audio/wave");
/** @type {typeof import("../../src/core/random.js")} */
const { createRandom } = compiled("core/random");
/** @type {typeof import("../../src/core/tensorflow.js")} */
const { loadTensorFlow } = compiled("core/tensorflow");
/** @type {typeof import("../../src/core/errors.js")} */
const { InterruptedError } = compiled("core/errors");
/** @type {typeof import("../../src/core/settings.js")} */
const { resolveSettings } = compiled("core/settings");
/** @type {typeof import("../../src/models/prepare-training.js")} */
const { prepareTraining } = compiled("models/prepare-training");
/** @type {typeof import("../../src/models/registry.js")} */
const { architectureNamed, completeOptions } = compiled("models/registry");
/** @type {typeof import("../../src/training/loop.js")} */
const { runTrainingLoop } = compiled("training/loop");
/** @type {typeof import("../../src/training/recipes.js")} */
const { recipeFor } = compiled("training/recipes");
/** @type {typeof import("../../src/training/run-store.js")} */
const { runFiles } = compiled("training/run-store");

const [model, precision, rounds] = process.argv.slice(2);
const stepsPerEpoch = 30;
const classes = 8;

loadTensorFlow();
const recipe = recipeFor(String(model), "full");
const { frames, batchSize } = recipe.training;
const bands =
  recipe.features.kind === "waveform" ? 1 : "bands" in recipe.features ? recipe.features.bands : 80;
const architecture = architectureNamed(String(model));
const build = (/** @type {number} */ seed) =>
  architecture.build(completeOptions(architecture, recipe.options), { frames, bands, classes }, seed);

/** How long nine of ten trimmed clips of the three corpora are, their mean in the middle. */
const secondsOfClips = /** @type {const} */ ([1.4, 3.2]);
const framesPerSecond = sampleRateHz / ("hopLength" in recipe.features ? recipe.features.hopLength : 1);

const random = createRandom(3);
const train = Array.from({ length: stepsPerEpoch * batchSize }, (_, i) => {
  const length = Math.round(framesPerSecond * random.between(...secondsOfClips));
  const values = Float32Array.from({ length: length * bands }, () => random.normal());
  const clip = /** @type {any} */ ({ id: `clip-${i}`, corpus: "noise" });
  return { clip, features: { values, frames: length, bands }, label: i % classes };
});

const bare = build(1);
const half = precision === "bf16";
const steps = trainOurs(bare, drawBatch(bare, batchSize, classes), half ? "bf16" : "float32");
const measureSteps = () => stepRate(steps.step, { seconds: 0, fewestSteps: stepsPerEpoch, batch: batchSize });
const looped = build(0);
prepareTraining(looped, half ? "bf16" : "float32");

const folder = await mkdtemp(join(tmpdir(), "affectlab-epochs-"));
/** @type {number[]} */
const stepRates = [];
/** @type {number[]} */
const epochRates = [];
const stop = { requested: false, request() {}, release() {} };
measureSteps();
try {
  const never = Number(rounds) + 100;
  await runTrainingLoop({
    model: looped,
    train,
    validation: [],
    options: { ...recipe.training, epochs: never, validateEveryEpochs: never, patienceEpochs: null },
    seed: 0,
    runHash: "benchmark",
    files: runFiles("benchmark", resolveSettings({ home: folder })),
    checkpoint: null,
    stop,
    onEpoch(history) {
      // The first epoch warms up.
      const seconds = /** @type {number} */ (history.at(-1)?.seconds);
      if (history.length > 1) epochRates.push(train.length / seconds);
      stepRates.push(measureSteps().clipsPerSecond);
      if (epochRates.length === Number(rounds)) stop.requested = true;
    },
  });
} catch (error) {
  if (!(error instanceof InterruptedError)) throw error;
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(JSON.stringify({ stepRates, epochRates }));
