import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { emotions } from "../../src/corpora/emotions.js";
import { readManifest } from "../../src/corpora/manifest.js";
import { parseOwnLabels } from "../../src/corpora/own-labels.js";
import { temporaryFolder } from "../temporary-folder.js";

const cell = fc.oneof(
  fc.constantFrom(
    "a.wav",
    "happy",
    "../x.wav",
    "/etc/x",
    "C:\\x",
    "anna",
    "f",
    "30",
    "-1",
    "1e999",
    '"',
    "",
    "\u202e",
  ),
  fc.string({ maxLength: 8 }),
);
/** A table under a header, whose rows may have any cells, and too many or too few of them. */
const tableUnder = (header: string) =>
  fc
    .array(fc.array(cell, { maxLength: 7 }), { maxLength: 5 })
    .map((rows) => [header, ...rows.map((cells) => cells.join(","))].join("\n"));

describe("a table from outside", () => {
  it("as labels.csv gives labels that stay in their folder, or a LabError", () => {
    fc.assert(
      fc.property(fc.oneof(tableUnder("file,emotion,speaker,sex,age"), fc.string()), (text) => {
        try {
          for (const { file, emotion, speaker, age } of parseOwnLabels(text, "labels.csv")) {
            expect(emotions).toContain(emotion);
            expect(speaker).not.toBe("");
            expect(file.startsWith("/") || file.split("/").includes("..")).toBe(false);
            expect(age === null || (age > 0 && age < 150)).toBe(true);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(LabError);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("as manifest.csv gives whole entries, or a LabError", async () => {
    const folder = temporaryFolder("manifest");
    const header = "file,sha256,bytes,modified_ms,duration_seconds,source";
    await fc.assert(
      fc.asyncProperty(fc.oneof(tableUnder(header), fc.string()), async (text) => {
        writeFileSync(join(folder, "manifest.csv"), text);
        const read = await readManifest(folder).catch((error: unknown) => error);
        if (read instanceof Error) expect(read).toBeInstanceOf(LabError);
        else for (const { bytes } of read as { bytes: number }[]) expect(Number.isFinite(bytes)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
