import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { chooseTensorFlow, pipRequirements } from "../../scripts/setup/environment-list.mjs";

const file = readFileSync(join(__dirname, "..", "..", "environment.yml"), "utf8");

describe("the list of Python packages", () => {
  it("is read from environment.yml as a YAML reader reads it", () => {
    const list = parse(file).dependencies.find((item: unknown) => typeof item === "object").pip;
    expect(pipRequirements(file, "cpu")).toEqual(list);
    expect(list.length).toBeGreaterThan(5);
  });

  it("pins every package", () => {
    for (const requirement of pipRequirements(file, "cpu"))
      expect(requirement).toMatch(/^[\w.-]+(\[[\w,-]+\])?==[\d.]+$/);
  });

  it("differs in TensorFlow's line alone for CUDA, at the same version", () => {
    const cpu = pipRequirements(file, "cpu");
    const cuda = pipRequirements(file, "cuda");
    expect(cuda.map((line) => line.replace("tensorflow[and-cuda]", "tensorflow-cpu"))).toEqual(cpu);
    expect(cuda.filter((line) => !cpu.includes(line))).toEqual([
      expect.stringMatching(/^tensorflow\[and-cuda\]==\d/),
    ]);
    expect(parse(chooseTensorFlow(file, "cuda")).name).toBe("affectlab");
  });

  it("refuses a file without TensorFlow", () => {
    expect(() => pipRequirements("dependencies:\n  - pip:\n      - a==1\n", "cpu")).toThrow(/no line/);
  });
});
