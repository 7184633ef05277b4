/** The shared weights of Whisper's encoders, where they are at hand: files that another program wrote. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/core/safetensors.js";
import { packageRoot } from "../../src/core/settings.js";
import { takeWeightsFrom, weightsPath } from "../../src/core/weights-store.js";
import { pretrainedFiles } from "../../src/models/pretrained-files.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = join(packageRoot, "..", "shared", "weights");

describe.runIf(existsSync(folder))("weights written by another program", () => {
  it.each([
    ["whisper-tiny.en-encoder", 384, 4, 8.2e6],
    ["whisper-base-encoder", 512, 6, 20.6e6],
  ])("%s is read whole", async (name, width, blocks, parameters) => {
    const path = join(folder, `${name}.safetensors`);
    const { arrays } = decodeSafetensors(await readFile(path), path);
    const byName = new Map(arrays.map((array) => [array.name, array]));
    expect(byName.get("model.encoder.conv1.weight")!.shape).toEqual([width, 80, 3]);
    expect(byName.has(`model.encoder.layers.${blocks - 1}.fc2.weight`)).toBe(true);
    expect(byName.has(`model.encoder.layers.${blocks}.fc2.weight`)).toBe(false);
    const total = arrays.reduce((sum, { values }) => sum + values.length, 0);
    expect(Math.abs(total / parameters - 1)).toBeLessThan(0.01);
    // Layer norms start from 1 and stay near it; what is read wrongly does not.
    const { values } = byName.get("model.encoder.layer_norm.weight")!;
    expect(values.length).toBe(width);
    expect(values.every((value) => Number.isFinite(value) && Math.abs(value) < 10)).toBe(true);
    expect(arrays.every((array) => array.values.every(Number.isFinite))).toBe(true);
  });

  it("are what is taken from the whole model in float32, byte for byte", async () => {
    const home = temporaryFolder("weights");
    for (const file of pretrainedFiles) {
      const path = join(folder, file.name);
      const { arrays } = decodeSafetensors(await readFile(path), path);
      const decoder = { name: "model.decoder.layer_norm.bias", shape: [1], values: Float32Array.of(1) };
      const model = join(home, "model.safetensors");
      await writeFile(
        model,
        encodeSafetensors({ arrays: [decoder, ...[...arrays].reverse()], metadata: {} }),
      );
      await takeWeightsFrom(model, file, home);
      expect((await readFile(weightsPath(file, home))).equals(await readFile(path))).toBe(true);
    }
  });
});
