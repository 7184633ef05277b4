import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { silentFlac } from "../../scripts/drill/fuzz/silent-flac.mjs";
import { decodeAudio } from "../../src/audio/decode.js";
import { packageRoot } from "../../src/core/settings.js";
import { temporaryFolder } from "../temporary-folder.js";
import { goldens } from "./tones.js";

/** Decodes a file in a process of its own; what came of it, and the most memory that the process took, MiB. */
function decodeAlone(bytes: Uint8Array): { outcome: string; mebibytes: number } {
  const path = join(temporaryFolder("small-files"), "small.flac");
  writeFileSync(path, bytes);
  const program = `
    const { decodeFile } = require(${JSON.stringify(join(packageRoot, "dist", "audio", "decode-file.js"))});
    decodeFile(${JSON.stringify(path)}).then(({ samples }) => String(samples.length), (error) => error.message).then((outcome) =>
      console.log(JSON.stringify({ outcome, mebibytes: process.resourceUsage().maxRSS / 1024 })));`;
  return JSON.parse(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" }));
}

describe("a small file that holds much sound", () => {
  it("is decoded", async () => {
    const { samples } = await decodeAudio(silentFlac(20), "small.flac");
    expect(samples.length).toBe(20 * 65_535);
    expect(samples[70_000]).toBeCloseTo(-1000 / 2 ** 15, 5);
  });

  it("of an hour and a quarter takes less than a gigabyte", () => {
    const frames = Math.floor((75 * 60 * 16_000) / 65_535);
    const { outcome, mebibytes } = decodeAlone(silentFlac(frames));
    expect(outcome).toBe(String(frames * 65_535));
    expect(mebibytes).toBeLessThan(1e9 / 2 ** 20); // 275 of it are the samples
  });

  it("of a year is refused before it takes a gigabyte", () => {
    const { outcome, mebibytes } = decodeAlone(silentFlac(600_000));
    expect(outcome).toMatch(/small\.flac holds \d+ s of sound in 1 channel, more than is decoded at once/);
    expect(mebibytes).toBeLessThan(1e9 / 2 ** 20);
  });

  it("that is damaged again and again is told of without a look at half of it for every piece", async () => {
    const flac = readFileSync(join(goldens, "sine.flac.bin"));
    const [head, stretch] = [flac.subarray(0, 2_000), flac.subarray(500, 2_500)];
    const damaged = Buffer.concat([head, ...Array.from({ length: 4_990 }, () => stretch)]); // 10 MB
    await expect(decodeAudio(new Uint8Array(damaged), "damaged.flac")).rejects.toThrow(/damaged\.flac/);
  });
});
