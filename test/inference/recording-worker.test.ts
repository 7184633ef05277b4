import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { decodeAudio } from "../../src/audio/decode.js";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { openRecordingPool } from "../../src/inference/recording-pool.js";
import type { RecordingResult } from "../../src/inference/recording-worker.js";
import { temporaryFolder } from "../temporary-folder.js";

vi.mock("../../src/audio/decode.js", { spy: true });

it("a defect met by one recording is told of that one, with its stack, and the others are heard", async () => {
  const folder = temporaryFolder("recording-worker");
  const paths = ["a.wav", "b.wav", "c.wav"].map((name) => join(folder, name));
  const tone = Float32Array.from({ length: 4_000 }, (_, i) => Math.sin(i / 9));
  for (const path of paths) writeFileSync(path, encodeWav(tone, 16_000));
  vi.mocked(decodeAudio).mockRejectedValueOnce(new RangeError("offset is out of bounds"));
  const heard: RecordingResult[] = [];
  for await (const one of openRecordingPool(3).hear(paths.map((path) => ({ path })))) heard.push(one);
  expect(heard[0]).toEqual({
    problem: `${paths[0]}: offset is out of bounds`,
    defect: expect.stringMatching(/^RangeError: offset is out of bounds\n +at /),
  });
  expect(heard.slice(1).every((one) => "wave" in one)).toBe(true);
});
