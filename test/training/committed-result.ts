import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../../src/core/settings.js";
import type { Prediction } from "../../src/evaluation/prediction.js";
import { readPredictions, writePredictions } from "../../src/evaluation/predictions-file.js";
import { evaluatePredictions } from "../../src/evaluation/report.js";
import { type ResultSpec, runHash } from "../../src/training/run-spec.js";

/** Puts a result where `affectlab publish` puts it, with metrics that follow from its predictions. Gives its hash. */
export async function commitResult(
  { root }: Settings,
  place: string,
  parts: { readonly test: readonly Prediction[]; readonly validation: readonly Prediction[] },
  more: Partial<ResultSpec> = {},
): Promise<string> {
  const [protocol, model, seed] = place.split("/") as [ResultSpec["protocol"], string, string];
  const folder = join(root, "results", place);
  mkdirSync(folder, { recursive: true });
  await writePredictions(join(folder, "predictions.csv"), parts.test);
  await writePredictions(join(folder, "predictions-validation.csv"), parts.validation);
  writeFileSync(join(folder, "history.csv"), "");
  const spec: ResultSpec = {
    version: 1,
    profile: "full",
    model,
    options: {},
    corpora: { "crema-d": "c0ffee" },
    protocol,
    fold: null,
    seed: Number(seed.slice("seed-".length)),
    ...more,
  };
  // Metrics follow from what the files hold: six decimals.
  const test = await readPredictions(join(folder, "predictions.csv"));
  const validation = await readPredictions(join(folder, "predictions-validation.csv"));
  const metrics = {
    spec,
    specHash: runHash(spec),
    dataChecksum: "",
    source: "original",
    test: evaluatePredictions(test),
    validation: evaluatePredictions(validation),
    parameters: 1000,
    epochs: 10,
    bestEpoch: 9,
    seconds: 60,
    device: "a processor",
    precision: "float32",
    versions: {},
  };
  writeFileSync(join(folder, "metrics.json"), JSON.stringify(metrics));
  return metrics.specHash;
}
