import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../core/settings.js";
import type { Predictor } from "../inference/predict.js";

/**
 * The model that `--model` names: a published one (`general`), a folder that holds a card.json, or a checkpoint of the
 * store (`resnet@10`, `3f2a91@last`, the path of a .safetensors). Throws LabError when there is none.
 */
export async function predictorFor(
  model: string,
  protocol: string | undefined,
  settings: Settings,
): Promise<Predictor> {
  const isCheckpoint = /@|\.safetensors$/.test(model) && !existsSync(join(model, "card.json"));
  if (isCheckpoint) return await predictorOfCheckpoint(model, protocol, settings);
  const { loadPredictor } = await import("../inference/load-predictor.js");
  return await loadPredictor({ model, root: settings.root, ...(protocol !== undefined && { protocol }) });
}

async function predictorOfCheckpoint(
  target: string,
  protocol: string | undefined,
  settings: Settings,
): Promise<Predictor> {
  const [{ findCheckpoint }, { loadTensorFlow }, { loadFrontEnd, loadRunModel }, { readRun }] =
    await Promise.all([
      import("./find-checkpoint.js"),
      import("../core/tensorflow.js"),
      import("../training/run-model.js"),
      import("../training/run-store.js"),
    ]);
  const [{ runHash }, { confidenceFigures }, { prepareInference }, { emotions }] = await Promise.all([
    import("../training/run-spec.js"),
    import("../evaluation/unsure.js"),
    import("../models/prepare-inference.js"),
    import("../corpora/emotions.js"),
  ]);
  const { spec, which, home } = await findCheckpoint(target, settings, protocol);
  loadTensorFlow();
  const own = { ...settings, home, profile: spec.profile };
  const { model, standardisation } = await loadRunModel(spec, own, which);
  const frontEnd = await loadFrontEnd(spec, own);
  // Temperature and threshold were fitted to what the best epoch says; for another one there is nothing to fit them to.
  const run = which === "best" ? await readRun(runHash(spec), own) : null;
  const figures = run === null ? { temperature: 1 } : confidenceFigures(run.validation, run.test);
  const { features, training } = spec;
  return {
    card: {
      ...{ name: `${spec.model}@${which}`, labels: [...emotions], features, standardisation },
      ...{ frames: training.frames, ...figures },
    },
    model,
    plan: prepareInference(model),
    ...(frontEnd !== null && { frontEnd }),
  };
}
