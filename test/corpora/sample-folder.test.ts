import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeJson } from "../../src/core/files.js";
import { putInPlace } from "../../src/core/put-in-place.js";
import { readSampleMarker, sampleVersion, synthesiseSample } from "../../src/corpora/sample/sample.js";

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "affectlab-sample-"));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

const marker = { version: sampleVersion, clips: 548, madeBy: "a test", checksum: "" };

describe("synthesiseSample", () => {
  it("leaves nothing behind when it is stopped", async () => {
    const folder = join(parent, "stopped", "sample");
    let seen = 0;
    const stop = {
      get requested() {
        return seen >= 3;
      },
      request: () => undefined,
      release: () => undefined,
    };
    const onProgress = ({ done, total }: { done: number; total: number }): void => {
      seen = done;
      expect(total).toBe(548);
    };
    await expect(synthesiseSample(folder, { stop, onProgress })).rejects.toThrow(/interrupted/);
    expect(seen).toBe(3);
    expect(await readdir(join(parent, "stopped"))).toEqual([]);
  });

  it("leaves a finished sample as it is, and knows an outdated one", async () => {
    const folder = join(parent, "finished", "sample");
    await writeJson(join(folder, "sample.json"), marker);
    await synthesiseSample(folder);
    expect(await readdir(folder)).toEqual(["sample.json"]);
    await writeJson(join(folder, "sample.json"), { ...marker, version: sampleVersion - 1 });
    expect(await readSampleMarker(folder)).toBeNull();
    expect(await readSampleMarker(join(parent, "nowhere"))).toBeNull();
  });
});

describe("putInPlace", () => {
  async function folderWith(path: string, content: string): Promise<string> {
    await mkdir(path, { recursive: true });
    await writeFile(join(path, "a.txt"), content);
    return path;
  }

  it("replaces what stands there unless it has become good in the meantime", async () => {
    const place = await folderWith(join(parent, "place"), "old");
    await putInPlace(await folderWith(join(parent, "place.new"), "new"), place, async () => false);
    expect(await readFile(join(place, "a.txt"), "utf8")).toBe("new");
    const late = await folderWith(join(parent, "place.late"), "late");
    await putInPlace(late, place, async () => true);
    expect(await readFile(join(place, "a.txt"), "utf8")).toBe("new");
    expect(existsSync(late)).toBe(true);
  });

  it("ends with one whole folder when several do it at once", async () => {
    const place = join(parent, "race");
    const parts = await Promise.all(
      ["a", "b", "c", "d"].map((name) => folderWith(join(parent, `race.${name}`), name)),
    );
    await Promise.all(parts.map((part) => putInPlace(part, place, async () => false)));
    expect(await readFile(join(place, "a.txt"), "utf8")).toMatch(/^[abcd]$/);
    expect((await readdir(parent)).filter((name) => name.startsWith("race."))).toEqual([]);
  });
});
