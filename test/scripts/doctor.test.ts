import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { compiled } from "../../scripts/setup/steps/compiled.mjs";

const root = resolve(__dirname, "..", "..");
const doctor = join(root, "scripts", "doctor.mjs");

describe("npm run doctor on a machine that is set up", () => {
  it("finds everything usable and names TensorFlow, processor, kernel and disk", () => {
    const done = spawnSync(process.execPath, [doctor, "--json"], { encoding: "utf8" });
    const { usable, findings } = JSON.parse(done.stdout);
    expect(findings.filter((finding: { state: string }) => finding.state === "bad")).toEqual([]);
    expect(usable).toBe(true);
    expect(done.status).toBe(0);
    const found = Object.fromEntries(
      findings.map((each: { name: string; found: string }) => [each.name, each.found]),
    );
    expect(found.TensorFlow).toMatch(/^\d+\.\d+\.\d+, loads, computes on the (GPU|processor)$/);
    expect(found["Native kernels"]).toMatch(/^compiled from native|^left out \(/);
    expect(Object.keys(found)).toEqual(
      expect.arrayContaining(["Node", "Python", "Processor", "GPU", "Kernel", "Corpora", "Disk"]),
    );
  });

  it("finds code up to date that `npm run build` alone has compiled", () => {
    const noteOf = () => readFileSync(join(root, "dist", ".affectlab.json"), "utf8");
    const before = noteOf();
    execFileSync(process.execPath, [join(root, "scripts", "build.mjs")]);
    expect(noteOf()).not.toBe(before);
    expect(compiled.isDone({ flavour: "cpu" })).toBe(true);
  });

  it("prints one line a finding for people", () => {
    const done = spawnSync(process.execPath, [doctor], { encoding: "utf8" });
    expect(done.stdout).toMatch(/✓ Kernel\s+tslab/);
    expect(done.stdout).toContain("The laboratory can be used.");
  });
});
