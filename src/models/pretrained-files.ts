import { existsSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../core/errors.js";
import type { WeightsFile } from "../core/weights-store.js";
import { whisperSizes } from "./whisper.js";

/** Every file of weights that an architecture can start from. */
export const pretrainedFiles: readonly WeightsFile[] = Object.values(whisperSizes).flatMap(
  ({ file }) => file ?? [],
);

/** A model's file, as Hugging Face names it. */
export const wholeModel = "model.safetensors";

/** The files of these names, or all. Throws LabError for a name that is not known. */
export function filesNamed(names: readonly string[]): WeightsFile[] {
  const known = pretrainedFiles.map((file) => file.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new LabError(`There are no weights "${unknown}".`, `Known are: ${known.join(", ")}.`);
  return pretrainedFiles.filter(({ name }) => names.length === 0 || names.includes(name));
}

/**
 * The files of these names; without names, the known ones that a folder holds. Throws LabError for a name that is not
 * known, and for a folder that holds none.
 */
export function chooseFiles(names: readonly string[], folder: string): WeightsFile[] {
  const known = pretrainedFiles.map((file) => file.name).join(", ");
  const chosen = filesNamed(names).filter(({ name }) => names.length > 0 || existsSync(join(folder, name)));
  if (chosen.length === 0) {
    throw existsSync(join(folder, wholeModel))
      ? new LabError(`${folder} holds a whole model.`, `Name the weights to be taken from it: ${known}.`)
      : new LabError(`${folder} holds no known weights.`, `Known are: ${known}.`);
  }
  return chosen;
}
