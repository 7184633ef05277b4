import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { sha256 } from "../../src/core/hash.js";
import { openRecordingPool } from "../../src/inference/recording-pool.js";
import type { RecordingResult } from "../../src/inference/recording-worker.js";
import { temporaryFolder } from "../temporary-folder.js";

/** A recording with its samples as bytes: comparing a million numbers one by one takes longer than decoding them. */
function described(heard: RecordingResult) {
  if ("problem" in heard) return heard;
  const { samples } = heard.wave;
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  return { seconds: samples.length / 16_000, sum: sha256(bytes), speech: heard.speech };
}

it("long recordings come from worker threads as they come from this one", async () => {
  const path = join(temporaryFolder("long-recordings"), "long.wav");
  const samples = Float32Array.from({ length: 1_100_000 }, (_, i) => Math.sin(i / 9) * Math.sin(i / 40_000));
  writeFileSync(path, encodeWav(samples, 16_000));
  const [here, threads] = [openRecordingPool(1), openRecordingPool(4, 2)];
  const heard = [];
  for await (const one of here.hear([{ path }])) heard.push(described(one));
  for await (const one of threads.hear([{ path }, { path }, { path }, { path }])) heard.push(described(one));
  await Promise.all([here.close(), threads.close()]);
  const [first, ...others] = heard;
  expect(first).toHaveProperty("seconds", samples.length / 16_000);
  expect(others).toHaveLength(4);
  for (const other of others) expect(other).toEqual(first);
});
