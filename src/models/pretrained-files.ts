import { existsSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../core/errors.js";
import type { WeightsFile } from "../core/weights-store.js";
import { whisperSizes } from "./whisper.js";

/** Every file of weights that an architecture can start from. */
export const pretrainedFiles: readonly WeightsFile[] = Object.values(whisperSizes).flatMap(
  ({ file }) => file ?? [],
);

/**
 * The files of these names; without names, the known ones that a folder holds. Throws LabError for a name that is not
 * known, and for a folder that holds none.
 */
export function chooseFiles(names: readonly string[], folder: string): WeightsFile[] {
  const known = pretrainedFiles.map((file) => file.name).join(", ");
  const unknown = names.find((name) => !pretrainedFiles.some((file) => file.name === name));
  if (unknown !== undefined) throw new LabError(`There are no weights "${unknown}".`, `Known are: ${known}.`);
  const chosen = pretrainedFiles.filter(({ name }) =>
    names.length > 0 ? names.includes(name) : existsSync(join(folder, name)),
  );
  if (chosen.length === 0) throw new LabError(`${folder} holds no known weights.`, `Known are: ${known}.`);
  return chosen;
}
