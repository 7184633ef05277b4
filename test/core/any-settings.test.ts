import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { profiles, resolveSettings } from "../../src/core/settings.js";
import { temporaryFolder } from "../temporary-folder.js";

describe("affectlab.json", () => {
  it("gives settings with a meaning, or a LabError, whatever it holds", () => {
    const root = temporaryFolder("settings");
    const fields = fc.record(
      {
        home: fc.oneof(fc.string(), fc.jsonValue()),
        profile: fc.oneof(fc.constantFrom(...profiles), fc.jsonValue()),
        seed: fc.oneof(fc.integer(), fc.jsonValue()),
        other: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fields.map((value) => JSON.stringify(value)),
          fc.json(),
          fc.string(),
        ),
        (text) => {
          writeFileSync(join(root, "affectlab.json"), text);
          try {
            const { home, profile, seed } = resolveSettings({ root });
            expect(typeof home).toBe("string");
            expect(profiles).toContain(profile);
            expect(Number.isInteger(seed) && seed >= 0).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(LabError);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
