// Seconds in which every clip of the real corpora becomes the usual log-mel, from audio files to cache entries, all
// cores at work. The store in force is only read: entries go to a temporary folder. One line of JSON on stdout.
//
//     node scripts/benchmark/measure-featurising.mjs [take every n-th clip only, default 1]
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const { resolveSettings } = require("../../dist/core/settings.js");
const { loadCatalogueFor } = require("../../dist/corpora/catalogue.js");
const { cachedFeatures } = require("../../dist/features/cache.js");
const { defaultLogMel } = require("../../dist/features/feature-spec.js");

const every = Number(process.argv[2] ?? 1);
const settings = resolveSettings({ profile: "full" });
const clips = await loadCatalogueFor(settings, ["ravdess", "crema-d", "tess"]);
const chosen = clips.filter((/** @type {unknown} */ _, /** @type {number} */ i) => i % every === 0);
const home = mkdtempSync(join(tmpdir(), "affectlab-featurising-"));
try {
  const [start, used] = [performance.now(), process.cpuUsage()];
  await cachedFeatures(chosen, defaultLogMel, { home });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(used);
  const processorSeconds = (user + system) / 1e6;
  const threads = availableParallelism();
  console.log(JSON.stringify({ side: "ours", clips: chosen.length, threads, seconds, processorSeconds }));
} finally {
  rmSync(home, { recursive: true });
}
