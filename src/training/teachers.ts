import { join } from "node:path";
import { LabError } from "../core/errors.js";
import { readFileIfThere } from "../core/files.js";
import { specHash } from "../core/hash.js";
import type { ProgressListener } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import type { StopSignal } from "../core/stop-signal.js";
import type { Prediction } from "../evaluation/prediction.js";
import { readPredictions, writePredictions } from "../evaluation/predictions-file.js";
import { softenProbabilities } from "../evaluation/smallest-probability.js";
import type { SoundVariation } from "../features/sound-variation.js";
import { loadTaughtClips, variationsOf } from "./data.js";
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

/** What teachers say, by clip: of the clip itself, and of each of its varied copies. */
export interface TeachersAnswers {
  readonly own: ReadonlyMap<string, Float32Array>;
  readonly varied: readonly ReadonlyMap<string, Float32Array>[];
}

/**
 * What trained networks say of all that a network is trained on: the clips and, where it meets copies with varied sounds,
 * these copies as they sound (`variedCopies` of the student, whatever the teachers themselves were trained on).
 */
export async function hearTeachers(spec: RunSpec, options: TeachersOptions): Promise<TeachersAnswers> {
  const own = await askTeachers(spec, options);
  const varied: Map<string, Float32Array>[] = [];
  for (const variation of variationsOf(spec.training)) {
    varied.push(await askTeachers(spec, options, variation));
  }
  return { own, varied };
}

/**
 * What trained networks say of the clips that a student is trained on: the mean of their probabilities, by clip, softened
 * by the specification's temperature (Hinton et al. 2015, "Distilling the Knowledge in a Neural Network"); with a variation
 * of the clips' copies. A teacher that withheld clips from its training is asked about these alone. Clips that are
 * validated or tested on are never asked about. Throws LabError for a teacher that the store does not have trained; whether
 * its clips are the student's is for `withTeachers` to see.
 */
export async function askTeachers(
  { teachers = [], training }: RunSpec,
  options: TeachersOptions,
  variation?: SoundVariation,
): Promise<Map<string, Float32Array>> {
  const temperature = training.distillation?.temperature ?? 1;
  const said = new Map<string, number[][]>();
  for (const teacher of teachers) {
    for (const { clip, probabilities } of await trainingPredictions(teacher, options, variation)) {
      const ofClip = said.get(clip) ?? [];
      ofClip.push(softenProbabilities(probabilities, temperature));
      said.set(clip, ofClip);
    }
  }
  return new Map([...said].map(([clip, answers]) => [clip, meanOf(answers)]));
}

/** The examples with what their teachers say. Throws LabError when they were not asked about one. */
export function withTeachers(examples: readonly Example[], { own, varied }: TeachersAnswers): Example[] {
  const answerTo = (clip: string, answers: ReadonlyMap<string, Float32Array>): Float32Array => {
    const answer = answers.get(clip);
    if (answer === undefined) {
      throw new LabError(
        `The teachers were not trained on ${clip}.`,
        "Teacher and student must be trained on the same clips.",
      );
    }
    return answer;
  };
  return examples.map((example) => {
    const { id } = example.clip;
    const teacher = answerTo(id, own);
    const variedTeachers = varied.map((answers) => answerTo(id, answers));
    return { ...example, teacher, ...(variedTeachers.length > 0 && { variedTeachers }) };
  });
}

function meanOf(answers: readonly (readonly number[])[]): Float32Array {
  const mean = new Float32Array(answers[0]!.length);
  for (const answer of answers) {
    answer.forEach((p, k) => {
      mean[k]! += p / answers.length;
    });
  }
  return mean;
}

/** Computed once for a run and a variation, and kept beside the run's other predictions in the store. */
async function trainingPredictions(
  teacher: RunSpec,
  options: TeachersOptions,
  variation?: SoundVariation,
): Promise<Prediction[]> {
  const { settings } = options;
  const name = variation === undefined ? "training" : `training-${specHash(variation)}`;
  const path = join(runFiles(runHash(teacher), settings).folder, `predictions-${name}.csv`);
  if ((await readFileIfThere(path)) !== null) return await readPredictions(path);
  const { model, standardisation } = await loadRunModel(teacher, settings, "best");
  try {
    const clips = await loadTaughtClips(teacher, standardisation, options, variation);
    await writePredictions(path, await predictExamples(model, clips, teacher.training.frames));
  } finally {
    model.dispose();
  }
  return await readPredictions(path); // six decimals from the first time on: whoever is interrupted reads these again
}
