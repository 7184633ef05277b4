import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { decodeFile } from "../../src/audio/decode-file.js";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { InterruptedError } from "../../src/core/errors.js";
import { sha256 } from "../../src/core/hash.js";
import type { ProgressState } from "../../src/core/progress.js";
import { packageRoot } from "../../src/core/settings.js";
import { type CacheItem, cachedFeatures, entryPath, featureFolder } from "../../src/features/cache.js";
import { extractFeatures } from "../../src/features/extract.js";
import { defaultLogMel, type Features } from "../../src/features/feature-spec.js";
import { varyClip } from "../../src/features/sound-variation.js";
import { goldenSound } from "./golden.js";

const scratch = mkdtempSync(join(tmpdir(), "affectlab-cache-"));
const items: CacheItem[] = [];
let home: string;
let homes = 0;

beforeAll(async () => {
  const vowel = goldenSound("vowel");
  for (let i = 0; i < 12; i++) {
    const wav = encodeWav(
      vowel.map((value) => (value * (i + 1)) / 12),
      16_000,
    );
    const path = join(scratch, `clip-${i}.wav`);
    await writeFile(path, wav);
    items.push({ id: `made/clip-${i}.wav`, path, checksum: sha256(wav) });
  }
});
beforeEach(() => {
  home = join(scratch, `home-${homes++}`);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const fill = (more: Partial<Parameters<typeof cachedFeatures>[2]> = {}, list: readonly CacheItem[] = items) =>
  cachedFeatures(list, defaultLogMel, { home, workers: 1, ...more });

/** The same call in a process of its own, that can run beside this one; it kills itself after `dieAfter` clips. */
function fillElsewhere(dieAfter = Number.POSITIVE_INFINITY) {
  const list = join(scratch, `items-${homes}.json`);
  writeFileSync(list, JSON.stringify(items));
  const program = `
    const { cachedFeatures } = require(${JSON.stringify(join(packageRoot, "dist", "features", "cache.js"))});
    const { defaultLogMel } = require(${JSON.stringify(join(packageRoot, "dist", "features", "feature-spec.js"))});
    const items = JSON.parse(require("node:fs").readFileSync(${JSON.stringify(list)}, "utf8"));
    const onProgress = ({ done }) => { if (done >= ${dieAfter}) process.kill(process.pid, "SIGKILL"); };
    cachedFeatures(items, defaultLogMel, { home: ${JSON.stringify(home)}, workers: 1, onProgress })
      .catch((error) => { console.error(error); process.exitCode = 1; });`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "ignore", "inherit"] });
  return new Promise<number | NodeJS.Signals>((resolve) => {
    child.on("exit", (code, signal) => resolve(code ?? signal!));
  });
}

async function expected(item: CacheItem): Promise<Features> {
  return extractFeatures(await decodeFile(item.path), defaultLogMel);
}

async function expectComplete(features: Map<string, Features>): Promise<void> {
  expect([...features.keys()]).toEqual(items.map(({ id }) => id));
  for (const item of items) expect(features.get(item.id)).toEqual(await expected(item));
}

describe("feature cache", () => {
  it("gives what extractFeatures gives, computed first and read afterwards", async () => {
    await expectComplete(await fill());
    const folder = featureFolder(home, defaultLogMel);
    const written = await readFile(entryPath(folder, items[3]!.checksum));
    await expectComplete(await fill({ workers: 2 }));
    expect(await readFile(entryPath(folder, items[3]!.checksum))).toEqual(written);
  });

  it("reads an entry instead of decoding its file again", async () => {
    await fill();
    const moved = items.map((item) => ({ ...item, path: "/nowhere.wav" }));
    await expectComplete(await fill({}, moved));
  });

  it("keeps the entries of another spec apart", async () => {
    await fill();
    const other = { ...defaultLogMel, bands: 32 };
    const features = await cachedFeatures(items, other, { home, workers: 1 });
    expect(features.get(items[0]!.id)!.bands).toBe(32);
    await expectComplete(await fill());
  });

  it("keeps varied copies apart, each the same wherever it is computed", async () => {
    await fill();
    const sound = { probability: 1, speed: [0.8, 1.2], noise: { signalToNoiseDecibels: [10, 20] } } as const;
    const copy = (number: number, more = {}) => fill({ variation: { sound, number }, ...more });
    const [first, second] = [await copy(1), await copy(2)];
    for (const { id, path, checksum } of items) {
      const { samples, ...wave } = await decodeFile(path);
      const varied = varyClip(samples, checksum, { sound, number: 1 });
      expect(first.get(id)).toEqual(extractFeatures({ ...wave, samples: varied }, defaultLogMel));
      expect(second.get(id)).not.toEqual(first.get(id));
    }
    expect(await copy(1, { home: join(scratch, `home-${homes++}`), workers: 2 })).toEqual(first);
    await expectComplete(await fill());
  });

  it("tells progress up to the total, with and without a cache", async () => {
    for (const _ of ["empty", "filled"]) {
      const states: ProgressState[] = [];
      await fill({ onProgress: (state) => states.push(state) });
      expect(states.map(({ done }) => done)).toEqual(items.map((_, i) => i + 1));
      expect(states.every(({ total }) => total === items.length)).toBe(true);
    }
  });

  it.each([
    ["cut off in its values", (path: string) => truncate(path, 1000)],
    ["cut off in its header", (path: string) => truncate(path, 10)],
    ["empty", (path: string) => truncate(path, 0)],
    [
      "altered in one bit",
      async (path: string) => {
        const bytes = await readFile(path);
        bytes[500]! ^= 1;
        await writeFile(path, bytes);
      },
    ],
  ])("computes an entry anew that is %s", async (_, spoil) => {
    await fill();
    const path = entryPath(featureFolder(home, defaultLogMel), items[5]!.checksum);
    const whole = await readFile(path);
    await spoil(path);
    await expectComplete(await fill());
    expect(await readFile(path)).toEqual(whole);
  });

  it("is filled by two processes at once without harm", async () => {
    const others = Promise.all([fillElsewhere(), fillElsewhere()]);
    const here = await fill();
    expect(await others).toEqual([0, 0]);
    await expectComplete(here);
    await expectComplete(await fill());
  });

  it("is completed after a process was killed in the middle", async () => {
    expect(await fillElsewhere(4)).toBe("SIGKILL");
    const folder = featureFolder(home, defaultLogMel);
    const left = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".f32"));
    expect(left.length).toBeGreaterThanOrEqual(4);
    expect(left.length).toBeLessThan(items.length);
    await expectComplete(await fill());
  });

  it("loses what a killed process had half written, an hour later", async () => {
    const entry = entryPath(featureFolder(home, defaultLogMel), items[0]!.checksum);
    await mkdir(dirname(entry), { recursive: true });
    const { pid } = spawnSync(process.execPath, ["-e", ""]); // one that has ended
    const part = `${entry}.${pid}.0123abcd.part`;
    await writeFile(part, "half");
    vi.useFakeTimers({ now: Date.now() + 2 * 3_600_000, toFake: ["Date"] });
    try {
      await fill();
    } finally {
      vi.useRealTimers();
    }
    expect([existsSync(part), existsSync(entry)]).toEqual([false, true]);
  });

  it("stops when asked and goes on from there", async () => {
    const stop = { requested: false };
    const interrupted = fill({
      stop,
      onProgress: ({ done }) => {
        stop.requested = done >= 3;
      },
    });
    await expect(interrupted).rejects.toThrow(InterruptedError);
    await expectComplete(await fill());
  });

  it("names a file that cannot be decoded, after all others are kept", async () => {
    const path = join(scratch, "text.wav");
    await writeFile(path, "this is no sound");
    const bad = { id: "made/text.wav", path, checksum: sha256("this is no sound") };
    await expect(fill({}, [bad, ...items])).rejects.toThrow(path);
    const moved = items.map((item) => ({ ...item, path: "/nowhere.wav" }));
    await expectComplete(await fill({}, moved));
  });

  it("names a file that is absent", async () => {
    const absent = { id: "made/absent.wav", path: join(scratch, "absent.wav"), checksum: "0".repeat(64) };
    await expect(fill({}, [absent])).rejects.toThrow(absent.path);
  });

  it("refuses a file that is not what the catalogue says", async () => {
    const swapped = { ...items[0]!, path: items[1]!.path };
    await expect(fill({}, [swapped])).rejects.toThrow(`${swapped.path} has changed`);
  });

  it("refuses a checksum that could leave the folder", async () => {
    await expect(fill({}, [{ ...items[0]!, checksum: "../../etc/passwd" }])).rejects.toThrow("no SHA-256");
  });

  it("computes equal files once and gives them to each of their ids", async () => {
    const twin = { ...items[0]!, id: "made/twin.wav" };
    const features = await fill({}, [items[0]!, twin]);
    expect(features.get(twin.id)).toEqual(await expected(items[0]!));
    expect(features.get(items[0]!.id)).toEqual(await expected(items[0]!));
  });

  it("says so when the store cannot be written", async () => {
    await mkdir(scratch, { recursive: true });
    const file = join(scratch, "a-file");
    await writeFile(file, "");
    await expect(fill({ home: file })).rejects.toThrow(/ENOTDIR|cannot be written/);
  });
});
