import { readFile } from "node:fs/promises";
import { LabError } from "../core/errors.js";
import { writeFileAtomic } from "../core/files.js";
import { decodeSafetensors, encodeSafetensors } from "../core/safetensors.js";
import type { EpochRecord } from "./history.js";
import type { OptimiserState } from "./optimiser.js";

/** Where training stands between two steps. */
export interface TrainingState {
  /** Finished epochs, and finished steps of the next one. */
  readonly epoch: number;
  readonly stepInEpoch: number;
  /** The random source of the epoch under way; null between epochs. */
  readonly random: readonly number[] | null;
  /** Sum of the losses of the epoch's finished steps, and its seconds so far. */
  readonly lossSum: number;
  readonly epochSeconds: number;
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
  /** The best epoch's score on validation, by `training.keptBy`: not the UAR in every run, whatever files call it. */
  readonly bestUar: number;
  /** Seconds of training so far, over all starts. */
  readonly seconds: number;
  /** What trained it so far, in words, in the order of the starts; absent in checkpoints from before this was kept. */
  readonly devices?: readonly string[];
}

/** Everything that training needs to go on as if it had never stopped. */
export interface Checkpoint {
  readonly runHash: string;
  readonly state: TrainingState;
  readonly optimiser: OptimiserState;
}

const vectors = ["weights", "average", "firstMoment", "secondMoment"] as const;

/** Writes a checkpoint as one safetensors file, atomically: weights, averages, moments, and the rest as JSON. */
export async function writeCheckpoint(
  path: string,
  { runHash, state, optimiser }: Checkpoint,
): Promise<void> {
  const arrays = vectors.map((name) => ({ name, shape: [optimiser[name].length], values: optimiser[name] }));
  const metadata = { runHash, state: JSON.stringify(state), step: String(optimiser.step) };
  await writeFileAtomic(path, encodeSafetensors({ arrays, metadata }));
}

/**
 * Reads a checkpoint; null when there is none. Throws LabError when the file is damaged or belongs to a run of
 * another specification than `runHash`.
 */
export async function readCheckpoint(path: string, runHash: string): Promise<Checkpoint | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const { arrays, metadata } = decodeSafetensors(bytes, path);
  if (metadata.runHash !== runHash) {
    throw new LabError(
      `${path} is a checkpoint of run ${metadata.runHash}, not of ${runHash}.`,
      "Choose a checkpoint of the same run.",
    );
  }
  const vector = (name: string): Float32Array => {
    const found = arrays.find((array) => array.name === name);
    if (found === undefined)
      throw new LabError(`${path} lacks ${name}.`, "It is no checkpoint of this program; delete it.");
    return found.values;
  };
  const [weights, average, firstMoment, secondMoment] = vectors.map(vector) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const step = Number(metadata.step);
  const state = parseState(metadata.state);
  if (state === null || !Number.isInteger(step) || average.length !== weights.length) {
    throw new LabError(`${path} does not say where training stood.`, "It is damaged; delete it.");
  }
  return { runHash, state, optimiser: { step, weights, average, firstMoment, secondMoment } };
}

function parseState(text: string | undefined): TrainingState | null {
  try {
    const state = JSON.parse(text ?? "null") as TrainingState | null;
    return Number.isInteger(state?.epoch) && Array.isArray(state?.history) ? state : null;
  } catch {
    return null;
  }
}
