// Milliseconds from 3 s of decoded samples to probabilities, one clip, warm, by the published resnet; one line of JSON.
//
//     node scripts/benchmark/measure-latency.mjs [times, default 200] [file for latency_torch.py]
//
// The file takes what latency_torch.py needs to do the same in PyTorch: weights, samples, mel filters, and what we answered.
import { writeFileSync } from "node:fs";
import { compiled } from "./compiled.mjs";
import { weightsOf } from "./ours-network.mjs";

/** @type {typeof import("../../src/core/random.js")} */
const { createRandom } = compiled("core/random");
/** @type {typeof import("../../src/core/safetensors.js")} */
const { encodeSafetensors } = compiled("core/safetensors");
/** @type {typeof import("../../src/features/mel-filters.js")} */
const { melFilters } = compiled("features/mel-filters");
/** @type {typeof import("../../src/inference/load-predictor.js")} */
const { loadPredictor } = compiled("inference/load-predictor");
/** @type {typeof import("../../src/inference/predict.js")} */
const { predictWaves } = compiled("inference/predict");

const [times = "200", file] = process.argv.slice(2);
const predictor = await loadPredictor({ model: "resnet" });
const random = createRandom(1);
const samples = Float32Array.from({ length: 48_000 }, (_, n) => {
  return 0.5 * Math.sin(n * (0.02 + n * 1e-6)) * Math.cos(n / 3000) + 0.02 * random.between(-1, 1);
});
const answer = () => predictWaves(predictor, [{ samples, sampleRate: 16000 }])[0];

for (let i = 0; i < 30; i++) answer();
const milliseconds = Array.from({ length: Number(times) }, () => {
  const start = performance.now();
  answer();
  return performance.now() - start;
}).sort((a, b) => a - b);
const quantile = (/** @type {number} */ part) => milliseconds[Math.floor(part * milliseconds.length)];
const probabilities = answer()?.probabilities ?? [];
console.log(
  JSON.stringify({
    side: "ours",
    unit: "ms",
    median: quantile(0.5),
    fastestTenth: quantile(0.1),
    probabilities,
  }),
);
if (file !== undefined) writeFileSync(file, exchange());

/** Everything that decides the answer. */
function exchange() {
  const { card, model } = predictor;
  const spec = /** @type {import("../../src/features/feature-spec.js").LogMelSpec} */ (card.features);
  const { bands, windowLength, lowestHz, highestHz } = spec;
  const { firstBins, offsets, weights } = melFilters(bands, windowLength, lowestHz, highestHz);
  const bins = windowLength / 2 + 1;
  const filters = new Float32Array(bands * bins);
  for (let band = 0; band < bands; band++) {
    const [start, end] = [Number(offsets[band]), Number(offsets[band + 1])];
    filters.set(weights.subarray(start, end), band * bins + Number(firstBins[band]));
  }
  const array = (
    /** @type {string} */ name,
    /** @type {ArrayLike<number>} */ values,
    shape = [values.length],
  ) => ({
    name,
    shape,
    values: Float32Array.from(values),
  });
  const numbered = weightsOf(model).map((one, i) => ({
    ...one,
    name: `${String(i).padStart(4, "0")} ${one.name}`,
  }));
  return encodeSafetensors({
    arrays: [
      ...numbered,
      array("samples", samples),
      array("filters", filters, [bands, bins]),
      array("mean", card.standardisation.mean),
      array("deviation", card.standardisation.deviation),
      array("probabilities", probabilities),
    ],
    metadata: {
      spec: JSON.stringify(spec),
      options: JSON.stringify(card.options),
      frames: String(card.frames),
    },
  });
}
