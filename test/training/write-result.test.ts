import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ResultMetrics } from "../../src/training/run-metrics.js";
import { writeResult } from "../../src/training/write-result.js";
import { memberOf } from "../evaluation/members.js";
import { temporaryFolder } from "../temporary-folder.js";

/** What is published of a specification of this hash; the writer looks at nothing else of the metrics. */
function resultOf(specHash: string) {
  const test = memberOf(2, 0.5, 16);
  return { metrics: { specHash } as ResultMetrics, test, validation: test, history: [] };
}

describe("writeResult", () => {
  it("cut off while it replaces another one leaves nothing that is taken for whole", async () => {
    const folder = join(temporaryFolder("results"), "resnet");
    await writeResult(folder, resultOf("one"));
    const cutOff = writeResult(folder, resultOf("two"), () => Promise.reject(new Error("killed")));
    await expect(cutOff).rejects.toThrow("killed");
    expect(existsSync(join(folder, "metrics.json"))).toBe(false);
  });

  it("cut off while it writes the same again leaves it whole", async () => {
    const folder = join(temporaryFolder("results"), "resnet");
    await writeResult(folder, resultOf("one"));
    const cutOff = writeResult(folder, resultOf("one"), () => Promise.reject(new Error("killed")));
    await expect(cutOff).rejects.toThrow("killed");
    expect(existsSync(join(folder, "metrics.json"))).toBe(true);
  });
});
