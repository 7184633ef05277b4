import { LabError } from "../core/errors.js";
import { noFeatureAugmentation } from "../features/augment-features.js";
import type { FeatureSpec } from "../features/feature-spec.js";
import { waveOptions } from "../features/wave-options.js";
import { recipeFor } from "./recipes.js";
import {
  type Distillation,
  samplings,
  type TrainingOptions,
  type VariedCopies,
  waysToKeep,
} from "./run-spec.js";

const knownTraining = recipeFor("resnet", "full").training;

const choices = { classWeights: ["none", "balanced"], sampling: samplings } as const;

/** Throws LabError when an object has a member that its model lacks: a misspelt option would be ignored silently. */
export function refuseUnknown(name: string, given: object, known: object): void {
  const unknown = Object.keys(given).find((key) => !(key in known));
  if (unknown === undefined) return;
  throw new LabError(`${name} has no option "${unknown}".`, `It has: ${Object.keys(known).join(", ")}.`);
}

/** Throws LabError when training varies sounds but the network does not see sounds. */
export function checkWaveAugmentation({ waveAugmentation }: TrainingOptions, { kind }: FeatureSpec): void {
  if (waveAugmentation === undefined || kind === "waveform") return;
  throw new LabError(
    `training.waveAugmentation varies samples, but the features are ${kind}.`,
    'Leave it out, or use features of kind "waveform".',
  );
}

/** Throws LabError naming the option when training options hold one that is unknown or whose value has no meaning. */
export function checkTraining(training: TrainingOptions): void {
  refuseUnknown("training", training, {
    ...knownTraining,
    waveAugmentation: null,
    rateFactors: null,
    variedCopies: null,
    distillation: null,
    keptBy: null,
  });
  refuseUnknown("training.mixup", training.mixup, knownTraining.mixup);
  refuseUnknown("training.augmentation", training.augmentation ?? {}, noFeatureAugmentation);
  refuseUnknown("training.waveAugmentation", training.waveAugmentation ?? {}, waveOptions);
  if (training.variedCopies !== undefined) checkCopies(training.variedCopies);
  if (training.distillation !== undefined) checkDistillation(training.distillation);
  if (training.keptBy !== undefined && !waysToKeep.includes(training.keptBy)) {
    throw new LabError(`training.keptBy is "${training.keptBy}".`, `There are: ${waysToKeep.join(", ")}.`);
  }
  const wholeFromOne = ["epochs", "batchSize", "frames", "validateEveryEpochs"] as const;
  for (const name of wholeFromOne) {
    if (!Number.isInteger(training[name]) || training[name] < 1) {
      throw new LabError(`training.${name} is ${training[name]}.`, "Use a whole number from 1 up.");
    }
  }
  const { learningRate, labelSmoothing, averageDecay, mixup, warmupEpochs, weightDecay } = training;
  if (!(learningRate > 0))
    throw new LabError(`training.learningRate is ${learningRate}.`, "Use a number above 0.");
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new LabError(`training.labelSmoothing is ${labelSmoothing}.`, "Use a number from 0 to below 1.");
  }
  if (!(averageDecay >= 0 && averageDecay < 1)) {
    throw new LabError(`training.averageDecay is ${averageDecay}.`, "Use a number from 0 to below 1.");
  }
  if (!(warmupEpochs >= 0)) throw new LabError(`training.warmupEpochs is ${warmupEpochs}.`, "Use 0 or more.");
  if (!(weightDecay >= 0)) throw new LabError(`training.weightDecay is ${weightDecay}.`, "Use 0 or more.");
  for (const [name, factor] of Object.entries(training.rateFactors ?? {})) {
    if (!(factor >= 0 && factor < Number.POSITIVE_INFINITY)) {
      throw new LabError(
        `training.rateFactors.${name} is ${factor}.`,
        "Use 0 or more; 0 keeps these layers as they are.",
      );
    }
  }
  for (const name of ["clipNorm", "patienceEpochs"] as const) {
    const value = training[name];
    if (value !== null && !(value > 0)) {
      throw new LabError(`training.${name} is ${value}.`, "Use a number above 0, or null for none.");
    }
  }
  for (const name of ["classWeights", "sampling"] as const) {
    const allowed: readonly string[] = choices[name];
    if (!allowed.includes(training[name])) {
      throw new LabError(`training.${name} is "${training[name]}".`, `Use one of ${allowed.join(", ")}.`);
    }
  }
  if (!(mixup.share >= 0 && mixup.share <= 1)) {
    throw new LabError(`training.mixup.share is ${mixup.share}.`, "Use a number from 0 to 1.");
  }
  if (!(mixup.alpha > 0 && mixup.alpha <= 1)) {
    throw new LabError(`training.mixup.alpha is ${mixup.alpha}.`, "Use a number above 0 and up to 1.");
  }
}

function checkCopies(given: VariedCopies): void {
  refuseUnknown("training.variedCopies", given, { copies: null, share: null, sound: null });
  refuseUnknown("training.variedCopies.sound", given.sound, waveOptions);
  if (!Number.isInteger(given.copies) || given.copies < 1) {
    throw new LabError(`training.variedCopies.copies is ${given.copies}.`, "Use a whole number from 1 up.");
  }
  if (!(given.share > 0 && given.share <= 1)) {
    throw new LabError(
      `training.variedCopies.share is ${given.share}.`,
      "Use a number above 0 and up to 1, or leave variedCopies out.",
    );
  }
}

function checkDistillation(given: Distillation): void {
  const known = { teachers: null, share: null, temperature: null, crossFittedGroups: null };
  refuseUnknown("training.distillation", given, known);
  const { teachers, share, temperature, crossFittedGroups: groups = 2 } = given;
  if (!(Number.isInteger(groups) && groups >= 2)) {
    throw new LabError(
      `training.distillation.crossFittedGroups is ${groups}.`,
      "Use a whole number from 2 up, or leave it out.",
    );
  }
  if (teachers.length === 0) {
    throw new LabError("training.distillation names no teacher.", "Name an architecture, or leave it out.");
  }
  for (const teacher of teachers) recipeFor(teacher, "full");
  if (!(share > 0 && share <= 1)) {
    throw new LabError(`training.distillation.share is ${share}.`, "Use a number above 0 and up to 1.");
  }
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw new LabError(`training.distillation.temperature is ${temperature}.`, "Use a number above 0.");
  }
}
