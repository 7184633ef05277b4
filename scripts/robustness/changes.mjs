import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { places } from "../setup/places.mjs";

const require = createRequire(import.meta.url);
/** @type {typeof import("../../src/index.js")} */
const { decodeAudio, encodeWav, resample } = require(join(places.dist, "index.js"));

/**
 * A change that leaves what is said and how it is said as it is (but for `cut`, which leaves a part of it).
 * @typedef {{ name: string, title: string, apply: (samples: Float32Array) => Promise<Float32Array> }} Change
 */

/** @type {(bytes: Uint8Array, name: string) => Promise<Float32Array>} */
const decoded = async (bytes, name) => (await decodeAudio(bytes, name)).samples;

/** The left channel as it is, the right one 6 dB lower and 0.5 ms later, 16 bits each. @param {Float32Array} samples */
function stereoWav(samples) {
  const data = new Int16Array(2 * samples.length);
  const write = (/** @type {number} */ at, /** @type {number} */ value) => {
    data[at] = Math.max(-32_768, Math.min(32_767, Math.round(32_768 * value)));
  };
  samples.forEach((value, i) => {
    write(2 * i, value);
    write(2 * i + 1, 0.5 * (samples[i - 8] ?? 0));
  });
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + data.byteLength, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(64_000, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(data.byteLength, 40);
  return new Uint8Array(Buffer.concat([header, Buffer.from(data.buffer)]));
}

/** opusenc of opus-tools where it is, else ffmpeg; null where neither is. */
export function opusEncoder() {
  const isThere = (/** @type {string} */ name) =>
    spawnSync(name, ["--version"], { stdio: "ignore" }).error === undefined;
  if (isThere("opusenc")) {
    return (/** @type {string} */ from, /** @type {string} */ to) => [
      "opusenc",
      "--quiet",
      "--bitrate",
      "16",
      from,
      to,
    ];
  }
  if (spawnSync("ffmpeg", ["-version"], { stdio: "ignore" }).error !== undefined) return null;
  return (/** @type {string} */ from, /** @type {string} */ to) => [
    "ffmpeg",
    "-loglevel",
    "error",
    "-i",
    from,
    "-c:a",
    "libopus",
    "-b:a",
    "16k",
    to,
  ];
}

/** @type {(samples: Float32Array) => Promise<Float32Array>} */
async function throughOpus(samples) {
  const encoder = opusEncoder();
  if (encoder === null) throw new Error("neither opusenc nor ffmpeg is there");
  const folder = mkdtempSync(join(tmpdir(), "affectlab-robustness-"));
  try {
    const [from, to] = [join(folder, "clip.wav"), join(folder, "clip.opus")];
    writeFileSync(from, encodeWav(samples, 16_000));
    const [command, ...args] = encoder(from, to);
    const { status, stderr } = spawnSync(/** @type {string} */ (command), args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
    return await decoded(readFileSync(to), "clip.opus");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @type {Change[]} */
export const changes = [
  {
    name: "level",
    title: "20 dB lower, 16 bits",
    apply: async (samples) =>
      decoded(
        encodeWav(
          samples.map((value) => 0.1 * value),
          16_000,
        ),
        "low.wav",
      ),
  },
  {
    name: "rate",
    title: "8 kHz sample rate, 16 bits",
    apply: async (samples) => decoded(encodeWav(await resample(samples, 16_000, 8_000), 8_000), "8k.wav"),
  },
  {
    name: "stereo",
    title: "stereo, the right channel 6 dB lower and 0.5 ms later",
    apply: async (samples) => decoded(stereoWav(samples), "stereo.wav"),
  },
  { name: "opus", title: "Opus at 16 kbit/s", apply: throughOpus },
  {
    name: "cut",
    title: "its middle 60% alone",
    apply: async (samples) => samples.slice(0.2 * samples.length, 0.8 * samples.length),
  },
];
