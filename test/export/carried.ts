import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { graphOfPredictor } from "../../src/export/graph-of-predictor.js";
import type { ExportPrecision } from "../../src/export/stored-constants.js";
import type { ExportTarget } from "../../src/export/target.js";
import type { PublishedPredictor } from "../../src/inference/assemble-predictor.js";
import { temporaryFolder } from "../temporary-folder.js";
import { differences, smallResNet, smallWhisper } from "./predictors.js";

export const networks: [string, () => PublishedPredictor][] = [
  ["the residual network", smallResNet],
  ["Whisper with its front end", smallWhisper],
];

/** Sounds have to sound different to a network, or nothing would be told by equal answers. */
const leastSpread = 0.02;

/** Holds what a target writes to the source, in the target's own runtime and in every precision. */
export function itGivesTheSourcesProbabilities(
  target: ExportTarget,
  build: () => PublishedPredictor,
  limits: Readonly<Record<ExportPrecision, number>>,
): void {
  const bytes: Partial<Record<ExportPrecision, number>> = {};
  for (const [precision, limit] of Object.entries(limits) as [ExportPrecision, number][]) {
    it(`gives the source's calibrated probabilities, its kernels in ${precision}`, async () => {
      const predictor = build();
      const folder = temporaryFolder(target.name);
      await target.write(graphOfPredictor(predictor), precision, folder);
      const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
      bytes[precision] = sizes.reduce((sum, size) => sum + size, 0);
      const runtime = await target.open(folder);
      const { largest, spread } = await differences(predictor, runtime);
      await runtime.close();
      expect(spread).toBeGreaterThan(leastSpread);
      expect(largest).toBeLessThan(limit);
      if (precision !== "float32") expect(largest).toBeGreaterThan(0);
    });
  }

  it("takes less room with kernels in float16, and less again in int8", () => {
    expect(bytes.float16).toBeLessThan(bytes.float32!);
    expect(bytes.int8).toBeLessThan(bytes.float16!);
  });
}
