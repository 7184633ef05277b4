import { readdirSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { weightsFileName } from "../../src/models/artifacts.js";

/** 1e6 bytes. Everyone who clones the repository loads all of models/. */
const megabyte = 1e6;

const files = readdirSync(join(packageRoot, "models"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path: relative(packageRoot, path), megabytes: statSync(path).size / megabyte }));

describe("committed weights", () => {
  it("are at most 130 MB together", () => {
    const weights = files.filter(({ path }) => basename(path) === weightsFileName);
    expect(weights.length).toBeGreaterThan(0);
    expect(weights.reduce((sum, { megabytes }) => sum + megabytes, 0)).toBeLessThanOrEqual(130);
  });

  it("stand in files of at most 50 MB, as all of models/ does", () => {
    expect(files.filter(({ megabytes }) => megabytes > 50)).toEqual([]);
  });
});
