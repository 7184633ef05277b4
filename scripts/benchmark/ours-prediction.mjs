// One clip in, probabilities out: what inference does with decoded samples.
import { threeSeconds } from "./clip.mjs";
import { compiled } from "./compiled.mjs";
import { writeExchange } from "./exchange.mjs";
import { weightsOf } from "./ours-network.mjs";
import { median } from "./statistics.mjs";

/** @type {typeof import("../../src/inference/load-predictor.js")} */
const { loadPredictor } = compiled("inference/load-predictor");
/** @type {typeof import("../../src/inference/predict.js")} */
const { predictWaves } = compiled("inference/predict");

/** @type {(() => readonly number[]) | null} */
let predict = null;

/** Loads the published ResNet; writes its weights and the clip for the other sides. @param {{ path: string }} request */
export async function prepareClip({ path }) {
  const predictor = await loadPredictor({ model: "resnet" });
  const wave = { samples: threeSeconds(), sampleRate: /** @type {const} */ (16_000) };
  predict = () => predictWaves(predictor, [wave])[0]?.probabilities ?? [];
  await writeExchange(path, {
    weights: weightsOf(predictor.model),
    inputs: { name: "inputs", shape: [wave.samples.length], values: wave.samples },
    labels: { name: "labels", shape: [0], values: new Float32Array(0) },
  });
  for (let i = 0; i < 20; i++) predict();
  return { probabilities: predict(), card: predictor.card };
}

/** The median milliseconds of a clip. @param {{ seconds: number }} request */
export function measureClips({ seconds }) {
  if (predict === null) throw new Error("no predictor is prepared");
  const times = [];
  const end = performance.now() + 1000 * seconds;
  while (times.length === 0 || performance.now() < end) {
    const start = performance.now();
    predict();
    times.push(performance.now() - start);
  }
  return { milliseconds: median(times) };
}
