import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { packageRoot } from "../../src/core/settings.js";
import { temporaryFolder } from "../temporary-folder.js";

/** A checkout and a store of a test's own, so that affectlab.json, results/ and models/ are the test's. */
export interface Checkout {
  readonly root: string;
  readonly home: string;
}

/** Copies what the command needs of the real checkout; packages are linked. */
export function makeCheckout(): Checkout {
  const root = temporaryFolder("cli");
  for (const part of [
    "bin",
    "dist",
    "package.json",
    "data/sources.json",
    "data/checksums",
    "models/voice-activity",
  ]) {
    cpSync(join(packageRoot, part), join(root, part), { recursive: true });
  }
  cpSync(join(packageRoot, "results/combined/split.csv"), join(root, "results/combined/split.csv"));
  symlinkSync(join(packageRoot, "node_modules"), join(root, "node_modules"), "dir");
  const home = join(root, "home");
  mkdirSync(home);
  return { root, home };
}

/** What a command has told and how it ended. */
export interface Told {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the real binary of the checkout; `whenTold` sees each piece of standard error while it runs. */
export function affectlab(
  { root, home }: Checkout,
  args: readonly string[],
  options: { env?: Record<string, string>; whenTold?: (text: string, child: ChildProcess) => void } = {},
): Promise<Told> {
  const {
    AFFECTLAB_PROFILE: _profile,
    AFFECTLAB_SEED: _seed,
    AFFECTLAB_PRECISION: _precision,
    AFFECTLAB_LOG: _log,
    ...outer
  } = process.env;
  const child = spawn(process.execPath, [join(root, "bin", "affectlab.cjs"), ...args], {
    cwd: root,
    env: { ...outer, AFFECTLAB_HOME: home, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (piece: Buffer) => {
    out += piece.toString();
  });
  child.stderr.on("data", (piece: Buffer) => {
    err += piece.toString();
    options.whenTold?.(err, child);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

const pitchesHz = { happy: 420, sad: 130, angry: 900, neutral: 230 } as const;

/**
 * Writes takes that even a tiny network can learn: a pitch for each of four emotions, ten takes of two speakers each,
 * no two alike, and their labels.csv. Returns the folder.
 */
export function writeTakes({ root }: Checkout): string {
  const folder = join(root, "takes");
  mkdirSync(folder);
  const rows = ["file,emotion,speaker,microphone"];
  for (const [emotion, pitchHz] of Object.entries(pitchesHz)) {
    for (let take = 0; take < 10; take++) {
      const file = `${emotion}-${take}.wav`;
      writeFileSync(join(folder, file), encodeWav(hum(pitchHz * (1 + take / 50)), 16_000));
      rows.push(`${file},${emotion},${take % 2 === 0 ? "ann" : "bob"},desk`);
    }
  }
  writeFileSync(join(folder, "labels.csv"), `${rows.join("\n")}\n`);
  return folder;
}

/** Half a second of a tone with overtones that swells and fades. */
function hum(pitchHz: number): Float32Array {
  const length = 8_000;
  return Float32Array.from({ length }, (_, i) => {
    const phase = (2 * Math.PI * pitchHz * i) / 16_000;
    return 0.3 * Math.sin((Math.PI * i) / length) * (Math.sin(phase) + 0.4 * Math.sin(2 * phase));
  });
}

/** Options that make a network and its features tiny, so that training takes a second. */
export const tiny = [
  "options.channels=[4,8]",
  "options.blocks=[1,2]",
  "options.headUnits=8",
  "features.bands=24",
  "training.frames=32",
  "training.batchSize=8",
].flatMap((assignment) => ["--set", assignment]);
