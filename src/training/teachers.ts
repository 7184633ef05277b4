import { join } from "node:path";
import { LabError } from "../core/errors.js";
import { readFileIfThere } from "../core/files.js";
import type { ProgressListener } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import type { StopSignal } from "../core/stop-signal.js";
import type { Prediction } from "../evaluation/prediction.js";
import { readPredictions, writePredictions } from "../evaluation/predictions-file.js";
import { loadTrainingData } from "./data.js";
import type { Example } from "./example.js";
import { predictExamples } from "./predict-examples.js";
import { loadRunModel } from "./run-model.js";
import { type RunSpec, runHash } from "./run-spec.js";
import { runFiles } from "./run-store.js";

export interface TeachersOptions {
  readonly settings: Settings;
  readonly onProgress?: ProgressListener | undefined;
  readonly stop?: StopSignal | undefined;
}

/**
 * What finished runs say of the clips that they were trained on: the mean of their probabilities, by clip, softened by
 * the specification's temperature (Hinton et al. 2015, "Distilling the Knowledge in a Neural Network"). Clips that are
 * validated or tested on are never asked about. Throws LabError for a teacher of other clips.
 */
export async function askTeachers(
  { teachers = [], training }: RunSpec,
  options: TeachersOptions,
): Promise<Map<string, Float32Array>> {
  const temperature = training.distillation?.temperature ?? 1;
  const answers = new Map<string, Float32Array>();
  for (const teacher of teachers) {
    for (const { clip, probabilities } of await trainingPredictions(teacher, options)) {
      const sum = answers.get(clip) ?? new Float32Array(probabilities.length);
      soften(probabilities, temperature).forEach((p, k) => {
        sum[k]! += p / teachers.length;
      });
      answers.set(clip, sum);
    }
  }
  return answers;
}

/** The examples with what their teachers say. Throws LabError when they were not asked about one. */
export function withTeachers(
  examples: readonly Example[],
  answers: ReadonlyMap<string, Float32Array>,
): Example[] {
  return examples.map((example) => {
    const teacher = answers.get(example.clip.id);
    if (teacher === undefined) {
      throw new LabError(
        `The teachers were not trained on ${example.clip.id}.`,
        "Teacher and student must be trained on the same clips.",
      );
    }
    return { ...example, teacher };
  });
}

/** p^(1 / temperature), summing to 1: the same as dividing the logits. */
function soften(probabilities: readonly number[], temperature: number): number[] {
  const powers = probabilities.map((p) => p ** (1 / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((p) => p / sum);
}

/** Computed once for a run, and kept beside its other predictions in the store. */
async function trainingPredictions(
  teacher: RunSpec,
  { settings, onProgress, stop }: TeachersOptions,
): Promise<Prediction[]> {
  const path = join(runFiles(runHash(teacher), settings).folder, "predictions-training.csv");
  if ((await readFileIfThere(path)) !== null) return await readPredictions(path);
  const { model } = await loadRunModel(teacher, settings, "best");
  try {
    const { train } = await loadTrainingData(teacher, { settings, onProgress, stop });
    const predictions = await predictExamples(model, train, teacher.training.frames);
    await writePredictions(path, predictions);
    return predictions;
  } finally {
    model.dispose();
  }
}
