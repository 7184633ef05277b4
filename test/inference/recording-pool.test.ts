import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { openRecordingPool } from "../../src/inference/recording-pool.js";
import { temporaryFolder } from "../temporary-folder.js";

it("long recordings come from worker threads as they come from this one", async () => {
  const path = join(temporaryFolder("long-recordings"), "long.wav");
  const samples = Float32Array.from({ length: 1_100_000 }, (_, i) => Math.sin(i / 9) * Math.sin(i / 40_000));
  writeFileSync(path, encodeWav(samples, 16_000));
  const [here, threads] = [openRecordingPool(1), openRecordingPool(4, 2)];
  const heard = [];
  for await (const one of here.hear([{ path }])) heard.push(one);
  for await (const one of threads.hear([{ path }, { path }, { path }, { path }])) heard.push(one);
  await Promise.all([here.close(), threads.close()]);
  const [first, ...others] = heard;
  expect(first).toHaveProperty("wave.samples.length", samples.length);
  expect(others).toHaveLength(4);
  for (const other of others) expect(other).toEqual(first);
});
