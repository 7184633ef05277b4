import { readFile, truncate, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { decodeSafetensors, encodeSafetensors, type TensorFile } from "../../src/core/safetensors.js";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "../../src/training/checkpoint.js";
import { temporaryRunFiles } from "./toy.js";

const checkpoint: Checkpoint = {
  runHash: "abc",
  state: {
    epoch: 3,
    stepInEpoch: 2,
    random: [1, -2, 3, 4],
    lossSum: 1.25,
    epochSeconds: 0.5,
    history: [
      {
        epoch: 1,
        learningRate: 0.1,
        trainLoss: 2,
        validationLoss: null,
        validationAccuracy: null,
        validationUar: null,
        seconds: 1,
      },
    ],
    bestEpoch: 2,
    bestUar: 0.1 + 0.2,
    seconds: 12,
  },
  optimiser: {
    step: 17,
    weights: Float32Array.of(1, 2, 3),
    average: Float32Array.of(4, 5, 6),
    firstMoment: Float32Array.of(7, 8),
    secondMoment: Float32Array.of(1e-30, 10),
  },
};

async function written(): Promise<string> {
  const path = temporaryRunFiles("abc").last;
  await writeCheckpoint(path, checkpoint);
  return path;
}

async function changed(change: (file: TensorFile) => TensorFile): Promise<string> {
  const path = await written();
  await writeFile(path, encodeSafetensors(change(decodeSafetensors(await readFile(path), path))));
  return path;
}

describe("a checkpoint", () => {
  it("comes back from its file as it was, to the bit", async () => {
    expect(await readCheckpoint(await written(), "abc")).toEqual(checkpoint);
  });

  it("is null when there is none", async () => {
    expect(await readCheckpoint(temporaryRunFiles("abc").last, "abc")).toBeNull();
  });

  it("of another run is refused by both names", async () => {
    const path = await written();
    await expect(readCheckpoint(path, "other")).rejects.toThrow(LabError);
    await expect(readCheckpoint(path, "other")).rejects.toThrow(/run abc, not of other/);
  });

  it("cut off is refused, naming the file", async () => {
    const path = await written();
    await truncate(path, 400);
    await expect(readCheckpoint(path, "abc")).rejects.toThrow(LabError);
    await expect(readCheckpoint(path, "abc")).rejects.toThrow(path);
  });

  it.each<[string, (file: TensorFile) => TensorFile, string]>([
    ["a vector missing", (file) => ({ ...file, arrays: file.arrays.slice(1) }), "lacks weights"],
    [
      "no state",
      ({ arrays, metadata: { state: _, ...rest } }) => ({ arrays, metadata: rest }),
      "where training stood",
    ],
    [
      "a damaged state",
      ({ arrays, metadata }) => ({ arrays, metadata: { ...metadata, state: "{" } }),
      "where training stood",
    ],
    [
      "no step",
      ({ arrays, metadata: { step: _, ...rest } }) => ({ arrays, metadata: rest }),
      "where training stood",
    ],
    [
      "an average of another size",
      ({ arrays, metadata }) => ({
        metadata,
        arrays: arrays.map((a) =>
          a.name === "average" ? { ...a, shape: [1], values: Float32Array.of(1) } : a,
        ),
      }),
      "where training stood",
    ],
  ])("with %s is refused", async (_, change, message) => {
    const path = await changed(change);
    await expect(readCheckpoint(path, "abc")).rejects.toThrow(LabError);
    await expect(readCheckpoint(path, "abc")).rejects.toThrow(message);
  });
});
