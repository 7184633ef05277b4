import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { processorFeatures } from "../../scripts/setup/doctor-findings.mjs";
import { hashFiles, hashTexts, readStamp, writeStamp } from "../../scripts/setup/stamps.mjs";
import { areInstalled } from "../../scripts/setup/steps/npm-packages.mjs";
import { cudaFoldersOf } from "../../scripts/setup/steps/tensorflow.mjs";

const folder = (): string => mkdtempSync(join(tmpdir(), "affectlab-steps-"));

describe("what a step notes", () => {
  it("is found again, and nothing is found where nothing was noted", () => {
    const path = join(folder(), "deep", "stamp.json");
    expect(readStamp(path)).toBeNull();
    writeStamp(path, "abc");
    expect(readStamp(path)).toBe("abc");
  });

  it("changes with a content, a name and a new file, and with nothing else", () => {
    const place = folder();
    mkdirSync(join(place, "a"));
    writeFileSync(join(place, "a", "one"), "1");
    const first = hashFiles([place]);
    writeFileSync(join(place, "a", "one"), "1");
    expect(hashFiles([place])).toBe(first);
    writeFileSync(join(place, "a", "one"), "2");
    const second = hashFiles([place]);
    expect(second).not.toBe(first);
    writeFileSync(join(place, "two"), "");
    expect(hashFiles([place])).not.toBe(second);
    expect(hashFiles([place], (path) => !path.endsWith("two"))).toBe(second);
    expect(hashTexts(["ab", "c"])).not.toBe(hashTexts(["a", "bc"]));
  });
});

describe("npm packages", () => {
  const wanted = {
    "": { version: "0.1.0" },
    "node_modules/a": { version: "1.0.0" },
    "node_modules/for-macs": { version: "2.0.0", optional: true },
  };

  it("count as installed when every locked version is there", () => {
    expect(areInstalled(wanted, { "node_modules/a": { version: "1.0.0" } })).toBe(true);
  });

  it("count as missing when one is absent or another version", () => {
    expect(areInstalled(wanted, {})).toBe(false);
    expect(areInstalled(wanted, { "node_modules/a": { version: "1.0.1" } })).toBe(false);
  });
});

describe("the CUDA libraries of pip", () => {
  it("are found in every nvidia package that has a lib folder", () => {
    const place = folder();
    for (const name of ["nvidia/cublas/lib", "nvidia/cudnn/lib", "nvidia/nvcc/bin"]) {
      mkdirSync(join(place, name), { recursive: true });
    }
    expect(cudaFoldersOf(place)).toEqual([join(place, "nvidia/cublas/lib"), join(place, "nvidia/cudnn/lib")]);
    expect(cudaFoldersOf(folder())).toEqual([]);
  });
});

describe("processor features", () => {
  it("are read from the flags, whole words only", () => {
    const cpuinfo = "processor : 0\nflags\t\t: fpu avx avx2 avx512f amx_bf16_not fma\nbugs : x\n";
    expect(processorFeatures(cpuinfo)).toEqual(["fma", "avx2", "avx512f"]);
    expect(processorFeatures("")).toEqual([]);
  });
});
