import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { sha256 } from "../../src/core/hash.js";
import { packageRoot } from "../../src/core/settings.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { defineRun, type RunRequest } from "../../src/training/define-run.js";
import { buildModel } from "../../src/training/run-model.js";
import { type RunSpec, runHash } from "../../src/training/run-spec.js";
import { temporaryFolder } from "../temporary-folder.js";
import { temporarySettings } from "./toy.js";

describe("a run that starts from a file of weights", () => {
  beforeAll(() => void loadTensorFlow());
  const file = join(temporaryFolder("define-run"), "model.safetensors");
  const published = (norm: string) =>
    readFile(join(packageRoot, "test", "goldens", "models", `wav2vec2-${norm}.safetensors`));
  const define = (options: RunRequest["options"] = {}): Promise<RunSpec> => {
    const request = { model: "wav2vec2", protocol: "combined", training: { frames: 2000 } } as const;
    return defineRun({ ...request, options }, temporarySettings("full"), async () => ({ toy: "0" }));
  };
  const ofFile = () => define({ pretrained: file, positionGroups: 4 });

  it("is named by the file's content: another file at the same path is another run", async () => {
    const [group, layer] = [await published("group"), await published("layer")];
    await writeFile(file, group);
    const spec = await ofFile();
    expect(spec.options).toMatchObject({ pretrained: file, pretrainedSha256: sha256(group) });
    expect(runHash(await ofFile())).toBe(runHash(spec));
    await writeFile(file, layer);
    expect(runHash(await ofFile())).not.toBe(runHash(spec));
  });

  it("refuses to be built from another file than the one it was defined with, and takes that one", async () => {
    await writeFile(file, await published("group"));
    const spec = await ofFile();
    await writeFile(file, await published("layer"));
    expect(() => buildModel(spec, 1)).toThrow(LabError);
    expect(() => buildModel(spec, 1)).toThrow(/model\.safetensors is not the file.*Put that file back/);
    await writeFile(file, await published("group"));
    expect(buildModel(spec, 1).getLayer("block_2").outputShape.at(-1)).toBe(16);
  });

  it("is refused when there is no such file", async () => {
    const missing = define({ pretrained: "no-such-file.safetensors" });
    await expect(missing).rejects.toThrow(LabError);
    await expect(missing).rejects.toThrow(/no-such-file\.safetensors.*Hugging Face/);
  });

  it("has no checksum with a random start: the options are those of the committed run, member by member", async () => {
    const path = join(packageRoot, "results", "combined", "wav2vec2", "seed-0", "metrics.json");
    const { spec } = JSON.parse(await readFile(path, "utf8")) as { spec: RunSpec };
    expect((await define()).options).toEqual(spec.options);
  });
});
