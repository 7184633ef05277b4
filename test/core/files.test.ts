import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { readFileIfThere, readJson, writeFileAtomic, writeJson } from "../../src/core/files.js";
import { packageRoot } from "../../src/core/settings.js";
import { temporaryFolder } from "../temporary-folder.js";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("files");
});

describe("an atomic write", () => {
  it("makes missing folders, replaces what was there and leaves nothing beside it", async () => {
    const path = join(folder, "a", "b", "file.txt");
    await writeFileAtomic(path, "first");
    await writeFileAtomic(path, Uint8Array.of(50, 51));
    expect(readFileSync(path, "utf8")).toBe("23");
    expect(readdirSync(join(folder, "a", "b"))).toEqual(["file.txt"]);
  });

  it("killed at any moment leaves the old content or the whole new one", async () => {
    const path = join(folder, "file");
    const size = 2_000_000;
    const program = `
      const { writeFileAtomic } = require(${JSON.stringify(join(packageRoot, "dist", "core", "files.js"))});
      (async () => {
        for (let i = 0; ; i++) {
          process.stdout.write("x");
          await writeFileAtomic(${JSON.stringify(path)}, Buffer.alloc(${size}, 65 + (i % 26)));
        }
      })();`;
    for (let round = 0; round < 4; round++) {
      writeFileSync(path, Buffer.alloc(size, 97));
      const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
      await once(child.stdout, "data");
      await new Promise((resolve) => setTimeout(resolve, 4 * round));
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      const bytes = readFileSync(path);
      expect(bytes.length).toBe(size);
      expect(bytes.equals(Buffer.alloc(size, bytes[0]))).toBe(true);
    }
  });

  it("by several at once leaves one of the contents, whole", async () => {
    const path = join(folder, "file");
    const contents = ["a", "b", "c", "d", "e"].map((letter) => letter.repeat(300_000));
    await Promise.all(contents.map((content) => writeFileAtomic(path, content)));
    expect(contents).toContain(readFileSync(path, "utf8"));
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("that fails keeps the old content and clears up", async () => {
    const path = join(folder, "taken");
    await writeFileAtomic(join(path, "inside"), "x"); // a folder stands where the file should go
    await expect(writeFileAtomic(path, "new")).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(["taken"]);
  });
});

describe("JSON files", () => {
  it("come back as written, indented and with a final newline", async () => {
    const path = join(folder, "value.json");
    await writeJson(path, { a: [1, null], b: "é" });
    expect(await readJson(path)).toEqual({ a: [1, null], b: "é" });
    expect(readFileSync(path, "utf8")).toMatch(/^\{\n {2}"a"[\s\S]*\}\n$/);
  });

  it("that are absent are null, damaged ones an error that names them", async () => {
    expect(await readJson(join(folder, "absent.json"))).toBeNull();
    expect(await readFileIfThere(join(folder, "absent.txt"))).toBeNull();
    writeFileSync(join(folder, "cut.json"), '{"a": [1,');
    await expect(readJson(join(folder, "cut.json"))).rejects.toThrow(LabError);
    await expect(readJson(join(folder, "cut.json"))).rejects.toThrow("cut.json is not valid JSON");
  });

  it("that cannot be read for another reason are no absent files", async () => {
    await expect(readFileIfThere(folder)).rejects.toThrow("EISDIR");
  });
});
