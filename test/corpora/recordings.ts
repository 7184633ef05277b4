import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { packageRoot, type Settings } from "../../src/core/settings.js";

/** A new, empty folder for one test. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "affectlab-test-"));
}

/** Settings whose store and checkout are folders of the test. */
export function temporarySettings(profile: Settings["profile"] = "full"): Settings {
  const folder = temporaryFolder();
  return { home: join(folder, "home"), root: join(folder, "root"), profile, seed: 0, precision: "float32" };
}

/** Settings with a store of the test and the real checkout, for what is committed. */
export function settingsWithResults(profile: Settings["profile"] = "full"): Settings {
  return { ...temporarySettings(profile), root: packageRoot };
}

/** The bytes of a short tone as a WAV file; another `frequencyHz` gives other bytes. */
export function tone(frequencyHz: number, seconds = 0.25): Uint8Array {
  const rate = 16_000;
  const samples = Float32Array.from(
    { length: Math.round(seconds * rate) },
    (_, i) => 0.3 * Math.sin((2 * Math.PI * frequencyHz * i) / rate),
  );
  return encodeWav(samples, rate);
}

/** Writes a tone under a path below a folder; returns the whole path. */
export function writeTone(folder: string, file: string, frequencyHz: number, seconds = 0.25): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, tone(frequencyHz, seconds));
  return path;
}
