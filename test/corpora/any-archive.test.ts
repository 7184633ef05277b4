import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { extractZip } from "../../src/corpora/unzip.js";
import { temporaryFolder } from "./recordings.js";
import { zipBytes } from "./zip-bytes.js";

/** Names of every kind, those among them that lead elsewhere. */
const name = fc.oneof(
  fc
    .array(fc.constantFrom("..", ".", "", "a", "out", "C:", "a\\..", "a\0", "b.wav"), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => parts.join("/")),
  fc.string({ minLength: 1, maxLength: 12 }),
);
const entry = fc.record(
  {
    name,
    data: fc.uint8Array({ maxLength: 64 }),
    mode: fc.constantFrom(0, 0o100644, 0o120777, 0o040755, 0o020666),
    declaredBytes: fc.constantFrom(0, 1, 64, 0xfffffff0),
    crc: fc.nat(),
  },
  { requiredKeys: ["name", "data"] },
);
/** An archive of such entries, perhaps with a few bytes of its own changed, or its end cut off. */
const archive = fc
  .record({
    entries: fc.array(entry, { maxLength: 4 }),
    changes: fc.array(fc.tuple(fc.nat(400), fc.constantFrom(0, 1, 127, 255)), { maxLength: 3 }),
    kept: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ entries, changes, kept }) => {
    const whole = zipBytes(entries);
    const bytes = whole.slice(0, Math.ceil(kept * whole.length));
    for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
    return bytes;
  });

describe("any archive", () => {
  it("gives files in its folder alone, or a LabError", async () => {
    const outer = temporaryFolder();
    const [path, folder] = [join(outer, "any.zip"), join(outer, "out")];
    await fc.assert(
      fc.asyncProperty(archive, async (bytes) => {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder);
        writeFileSync(path, bytes);
        try {
          for (const written of await extractZip(path, folder, () => true)) {
            expect(written.startsWith(`${folder}/`)).toBe(true);
            expect(existsSync(written)).toBe(true);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(LabError);
        }
        expect(readdirSync(outer).sort()).toEqual(["any.zip", "out"]);
        const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
        expect(entries.every((one) => one.isFile() || one.isDirectory())).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
