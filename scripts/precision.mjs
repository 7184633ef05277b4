// npm run precision: trains the resnet in float32 and in bf16, three seeds each, and writes what bf16 costs in accuracy to
// results/precision/ and docs/kernels.md. Runs that the store has are loaded; cut off, it goes on from there.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { places } from "./setup/places.mjs";
import { prepare } from "./setup/prepare.mjs";
import { reportFailure, SetupError } from "./setup/setup-error.mjs";
import { compiled as compileStep } from "./setup/steps/compiled.mjs";
import { npmPackages } from "./setup/steps/npm-packages.mjs";

try {
  await prepare([npmPackages, compileStep]);
  const require = createRequire(import.meta.url);
  const compiled = (/** @type {string} */ path) => require(join(places.dist, `${path}.js`));
  /** @type {typeof import("../src/index.js")} */
  const { defineRun, listenForStop, resolveSettings, trainRun } = compiled("index");
  /** @type {typeof import("../src/core/files.js")} */
  const { writeFileAtomic } = compiled("core/files");
  /** @type {typeof import("../src/cli/terminal-progress.js")} */
  const { openProgress } = compiled("cli/terminal-progress");
  const { describeStudy, precisions, request, seeds } = await import("./precision/study.mjs");
  const { writeStudy } = await import("./precision/files.mjs");
  const { studyEnd, studyMarkdown, studyStart } = await import("./precision/table.mjs");

  const settings = resolveSettings({ profile: "full" });
  const stop = listenForStop();
  const progress = await openProgress();
  /** @type {import("./precision/study.mjs").StudyRun[]} */
  const runs = [];
  for (const seed of seeds) {
    for (const precision of precisions) {
      const spec = await defineRun({ ...request, seed, precision }, settings);
      const { hash, metrics, test } = await trainRun(spec, { settings, stop, onProgress: progress.listener });
      if (metrics.source !== "original")
        throw new SetupError(
          `Run ${hash} was trained on clips that are not the publishers' own files (${metrics.source}).`,
          "Import the originals: affectlab corpora import --from DIR.",
        );
      runs.push({ precision, seed, specHash: hash, seconds: metrics.seconds, test });
    }
  }
  progress.close();
  stop.release();
  const study = await writeStudy(places.root, runs, describeStudy);
  const page = join(places.root, "docs", "kernels.md");
  const text = await readFile(page, "utf8");
  const [start, end] = [text.indexOf(studyStart), text.indexOf(studyEnd)];
  if (start < 0 || end < start)
    throw new SetupError(
      "docs/kernels.md has no block for the study.",
      `Put ${studyStart} and ${studyEnd} into it.`,
    );
  const before = text.slice(0, start + studyStart.length);
  await writeFileAtomic(page, `${before}\n\n${studyMarkdown(study)}\n\n${text.slice(end)}`);
  console.log(studyMarkdown(study));
} catch (error) {
  reportFailure(error);
}
