import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { sha256 } from "../../src/core/hash.js";
import { encodeSafetensors } from "../../src/core/safetensors.js";
import {
  hasWeights,
  importWeights,
  readWeights,
  takeWeightsFrom,
  weightsPath,
} from "../../src/core/weights-store.js";
import { temporaryFolder } from "../temporary-folder.js";

const bytes = encodeSafetensors({
  arrays: [{ name: "a.weight", shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }],
  metadata: {},
});
const file = { name: "toy.safetensors", sha256: sha256(bytes), origin: "It is made by a test." };

function folders(): { from: string; home: string } {
  const folder = temporaryFolder("weights");
  const from = join(folder, "from");
  mkdirSync(from);
  return { from, home: join(folder, "home") };
}

describe("the store of weights", () => {
  it("takes a file by its checksum and gives its arrays by name", async () => {
    const { from, home } = folders();
    writeFileSync(join(from, file.name), bytes);
    expect(await hasWeights(file, home)).toBe(false);
    await importWeights(file, from, home);
    expect(await hasWeights(file, home)).toBe(true);
    const arrays = await readWeights(file, home);
    expect([...arrays.keys()]).toEqual(["a.weight"]);
    expect([...arrays.get("a.weight")!.values]).toEqual([1, 2, 3, 4]);
    expect(readdirSync(join(home, "weights"))).toEqual([file.name]);
  });

  it("says what to do when weights are not at hand", async () => {
    const { from, home } = folders();
    await expect(readWeights(file, home)).rejects.toThrow(LabError);
    await expect(readWeights(file, home)).rejects.toThrow(
      /toy.safetensors are not in.*weights import --from/,
    );
    await expect(importWeights(file, from, home)).rejects.toThrow(/holds no toy.safetensors.*made by a test/);
  });

  it("refuses another file of that name, cut short or altered, and keeps what it had", async () => {
    const { from, home } = folders();
    writeFileSync(join(from, file.name), bytes);
    await importWeights(file, from, home);
    writeFileSync(join(from, file.name), bytes.subarray(0, bytes.length - 1));
    await expect(importWeights(file, from, home)).rejects.toThrow(/has the SHA-256 .*expected/);
    expect(await hasWeights(file, home)).toBe(true);
    writeFileSync(weightsPath(file, home), bytes.subarray(0, 20));
    await expect(readWeights(file, home)).rejects.toThrow(/another file than the weights/);
    expect(existsSync(weightsPath(file, home))).toBe(true);
  });

  it("takes a file out of the model that it is part of: its arrays by name, as float16", async () => {
    const { from, home } = folders();
    const model = join(from, "model.safetensors");
    const arrayOf = (name: string, ...numbers: number[]) => ({
      ...{ name, shape: [numbers.length], values: Float32Array.from(numbers) },
    });
    const decoder = arrayOf("model.decoder.b", 9);
    const ends = arrayOf("model.encoder.z", 0.5, -2);
    const begins = arrayOf("model.encoder.a", 65_504, 1 / 3);
    writeFileSync(model, encodeSafetensors({ arrays: [ends, decoder, begins], metadata: {} }));
    const metadata = { format: "pt", source: "some/model encoder (MIT)" };
    const meant = encodeSafetensors({ arrays: [begins, ends], metadata }, "F16");
    const partOf = { repository: "some/model", prefix: "model.encoder." };
    const part = { ...file, sha256: sha256(meant), partOf };
    await takeWeightsFrom(model, part, home);
    const arrays = await readWeights(part, home);
    expect([...arrays.keys()]).toEqual(["model.encoder.a", "model.encoder.z"]);
    expect([...arrays.get("model.encoder.a")!.values]).toEqual([65_504, 0.333251953125]);
    writeFileSync(model, encodeSafetensors({ arrays: [ends], metadata: {} }));
    await expect(takeWeightsFrom(model, part, home)).rejects.toThrow(/is not the model that toy.safetensors/);
    await expect(takeWeightsFrom(model, file, home)).rejects.toThrow("is no part of a model");
    expect(await hasWeights(part, home)).toBe(true);
  });
});
