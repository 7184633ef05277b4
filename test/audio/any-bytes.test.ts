import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeAudio } from "../../src/audio/decode.js";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { LabError } from "../../src/core/errors.js";
import { goldens } from "./tones.js";

const tone = Float32Array.from({ length: 800 }, (_, i) => 0.5 * Math.sin(i / 5));
const recordings = [
  encodeWav(tone, 16_000),
  ...readdirSync(goldens)
    .filter((name) => name.endsWith(".bin"))
    .map((name) => new Uint8Array(readFileSync(join(goldens, name)))),
];

/** A recording of any container with a few bytes changed, most of them in its head, and perhaps its end cut off. */
const damaged = fc
  .record({
    recording: fc.constantFrom(...recordings),
    changes: fc.array(
      fc.record({ at: fc.oneof(fc.nat(80), fc.nat(100_000)), byte: fc.constantFrom(0, 1, 127, 128, 255) }),
      { minLength: 1, maxLength: 6 },
    ),
    kept: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ recording, changes, kept }) => {
    const bytes = recording.slice(0, Math.ceil(kept * recording.length));
    for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
    return bytes;
  });

describe("decoding", () => {
  it("gives finite samples or a LabError, whatever the bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ maxLength: 64 })), async (bytes) => {
        const decoded = await decodeAudio(bytes, "input").catch((error: unknown) => error);
        if (decoded instanceof Error) expect(decoded).toBeInstanceOf(LabError);
        else expect((decoded as { samples: Float32Array }).samples.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
