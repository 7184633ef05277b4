// One epoch of the full ResNet run on `combined`, with validation and test; prints its peak resident memory.
//
//     node scripts/benchmark/memory-of-run.mjs HOME
import { compiled } from "./compiled.mjs";

/** @type {typeof import("../../src/core/settings.js")} */
const { resolveSettings } = compiled("core/settings");
/** @type {typeof import("../../src/training/define-run.js")} */
const { defineRun } = compiled("training/define-run");
/** @type {typeof import("../../src/training/train-run.js")} */
const { trainRun } = compiled("training/train-run");

const settings = resolveSettings({ home: String(process.argv[2]), profile: "full" });
const spec = await defineRun(
  { model: "resnet", protocol: "combined", training: { epochs: 1, warmupEpochs: 0 } },
  settings,
);
const { test, validation } = await trainRun(spec, { settings });
const held = test.length + validation.length;
const { frames, batchSize } = spec.training;
const bands = "bands" in spec.features ? spec.features.bands : 1;
const peakMiB = process.resourceUsage().maxRSS / 1024;
console.log(
  JSON.stringify({
    peakMiB,
    clips: Math.round((held * 5) / 2),
    held,
    frames,
    bands,
    batchSize,
    options: spec.options,
  }),
);
