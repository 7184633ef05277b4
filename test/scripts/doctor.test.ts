import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const doctor = resolve(__dirname, "..", "..", "scripts", "doctor.mjs");

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

  it("prints one line a finding for people", () => {
    const done = spawnSync(process.execPath, [doctor], { encoding: "utf8" });
    expect(done.stdout).toMatch(/✓ Kernel\s+tslab/);
    expect(done.stdout).toContain("The laboratory can be used.");
  });
});
