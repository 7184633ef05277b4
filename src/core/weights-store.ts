import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removeAbandonedParts } from "./abandoned-parts.js";
import { LabError } from "./errors.js";
import { sha256, sha256OfFile } from "./hash.js";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "./safetensors.js";

/** A file of weights that were trained elsewhere; its checksum is part of what a run is. */
export interface WeightsFile {
  /** `whisper-base-encoder.safetensors` */
  readonly name: string;
  readonly sha256: string;
  /** Where it comes from, one sentence. */
  readonly origin: string;
  /** The model on Hugging Face that it is taken from, by its repository, and how the names of its arrays begin. */
  readonly partOf?: { readonly repository: string; readonly prefix: string };
}

export type WeightsByName = ReadonlyMap<string, NamedArray>;

/** Where a file of weights lies: `$AFFECTLAB_HOME/weights/<name>`. */
export function weightsPath(file: WeightsFile, home: string): string {
  return join(home, "weights", file.name);
}

/** The arrays of a file of weights. Throws LabError when it is absent (and says how to get it) or is another file. */
export async function readWeights(file: WeightsFile, home: string): Promise<WeightsByName> {
  const path = weightsPath(file, home);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new LabError(
      `The weights ${file.name} are not in ${join(home, "weights")}.`,
      `Run \`affectlab weights download\`, or \`affectlab weights import --from FOLDER\` with the folder that holds them. ${file.origin}`,
    );
  }
  if (sha256(bytes) !== file.sha256) {
    throw new LabError(
      `${path} is another file than the weights that are meant (SHA-256 ${file.sha256.slice(0, 12)}…).`,
      "Delete it and import the right one: `affectlab weights import --from FOLDER`.",
    );
  }
  return new Map(decodeSafetensors(bytes, path).arrays.map((array) => [array.name, array]));
}

/** Whether a file of weights lies in the store, whole. */
export async function hasWeights(file: WeightsFile, home: string): Promise<boolean> {
  const found = await sha256OfFile(weightsPath(file, home)).catch(() => null);
  return found === file.sha256;
}

/**
 * Copies a file of weights from a folder into the store. Throws LabError when the folder has no file of that name, or
 * one with another checksum; what was in the store stays then.
 */
export async function importWeights(file: WeightsFile, from: string, home: string): Promise<void> {
  const source = join(from, file.name);
  const checksum = await sha256OfFile(source).catch(() => null);
  if (checksum === null) {
    throw new LabError(`${from} holds no ${file.name}.`, `Give the folder that does. ${file.origin}`);
  }
  if (checksum !== file.sha256) {
    throw new LabError(
      `${source} has the SHA-256 ${checksum}, expected ${file.sha256}.`,
      `It is another file, or damaged. ${file.origin}`,
    );
  }
  await put(file, home, (part) => copyFile(source, part));
}

/**
 * Takes a file of weights out of the model that it is part of (`model.safetensors` as Hugging Face has it) into the
 * store: its arrays by name, as float16. Throws LabError where the model is damaged, or another one than is meant.
 */
export async function takeWeightsFrom(model: string, file: WeightsFile, home: string): Promise<void> {
  const { repository, prefix } = file.partOf ?? fail(`${file.name} is no part of a model.`, file.origin);
  const { arrays } = decodeSafetensors(await readFile(model), model, (name) => name.startsWith(prefix));
  const sorted = [...arrays].sort((a, b) => (a.name < b.name ? -1 : 1));
  const metadata = { format: "pt", source: `${repository} encoder (MIT)` };
  const bytes = encodeSafetensors({ arrays: sorted, metadata }, "F16");
  if (sha256(bytes) !== file.sha256) {
    fail(`${model} is not the model that ${file.name} is part of.`, file.origin);
  }
  await put(file, home, (part) => writeFile(part, bytes));
}

function fail(problem: string, remedy: string): never {
  throw new LabError(problem, remedy);
}

async function put(file: WeightsFile, home: string, write: (part: string) => Promise<void>): Promise<void> {
  const path = weightsPath(file, home);
  await mkdir(join(home, "weights"), { recursive: true });
  await removeAbandonedParts(join(home, "weights"));
  const part = `${path}.${process.pid}.part`;
  try {
    await write(part);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}
