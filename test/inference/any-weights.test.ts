import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { packageRoot } from "../../src/core/settings.js";
import { loadPredictor } from "../../src/inference/load-predictor.js";
import { predictWaves } from "../../src/inference/predict.js";
import { temporaryFolder } from "../temporary-folder.js";

const original = join(packageRoot, "models", "lstm", "speaker-independent");
const sound = Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(i / 9));
const replacement = fc.oneof(
  fc.constantFrom("", "null", "1e999", "-1", "0", "4294967296", '"', ",", "{}", "[]"),
  fc.string({ maxLength: 4 }),
);

/** A text with a stretch of it replaced. */
const damagedText = (text: string) =>
  fc
    .record({ start: fc.nat(text.length), length: fc.nat(40), by: replacement })
    .map(({ start, length, by }) => Buffer.from(text.slice(0, start) + by + text.slice(start + length)));

/** Bytes of which some are others, or the end is missing, or more follow. */
const damagedBytes = (bytes: Buffer) =>
  fc
    .record({
      changes: fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.constantFrom(0, 1, 127, 128, 255)), {
        maxLength: 8,
      }),
      kept: fc.oneof(fc.constant(bytes.length), fc.nat(bytes.length)),
      more: fc.uint8Array({ maxLength: 8 }),
    })
    .map(({ changes, kept, more }) => {
      const damaged = Buffer.from(bytes);
      for (const [at, byte] of changes) damaged[at] = byte;
      return Buffer.concat([damaged.subarray(0, kept), more]);
    });

describe("a damaged file of published weights", () => {
  const model = temporaryFolder("weights");
  cpSync(original, model, { recursive: true });

  /** Replaces one file by each damaged one, and asks the model about a second of sound. */
  const eachDamaged = (name: string, damaged: fc.Arbitrary<Uint8Array>) =>
    fc.assert(
      fc
        .asyncProperty(damaged, async (bytes) => {
          writeFileSync(join(model, name), bytes);
          try {
            const predictor = await loadPredictor({ model });
            try {
              const [answer] = predictWaves(predictor, [{ samples: sound, sampleRate: 16_000 }]);
              expect(answer!.probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 3);
            } finally {
              predictor.plan?.dispose();
              predictor.model.dispose();
            }
          } catch (error) {
            expect(error).toBeInstanceOf(LabError);
          }
        })
        .afterEach(() => cpSync(join(original, name), join(model, name))),
      { numRuns: 25 },
    );

  it(
    "model.json gives a model that answers, or a LabError",
    () => eachDamaged("model.json", damagedText(readFileSync(join(original, "model.json"), "utf8"))),
    120_000,
  );

  it(
    "weights.bin gives a model that answers, or a LabError",
    () => eachDamaged("weights.bin", damagedBytes(readFileSync(join(original, "weights.bin")))),
    120_000,
  );
});
