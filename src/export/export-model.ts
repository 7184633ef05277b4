import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../core/errors.js";
import { writeFileAtomic, writeJson } from "../core/files.js";
import { sha256 } from "../core/hash.js";
import type { ProgressListener } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import type { StopSignal } from "../core/stop-signal.js";
import { evaluatePredictions } from "../evaluation/report.js";
import type { PublishedPredictor } from "../inference/assemble-predictor.js";
import { type Agreement, agreementOf, drawCompared, predictBoth } from "./compare-with-source.js";
import { type ExportCard, exportCard } from "./export-card.js";
import { exportReadme } from "./export-readme.js";
import { graphOfPredictor } from "./graph-of-predictor.js";
import { type JudgingClips, judgingClips } from "./judging-clips.js";
import { onnxTarget, tfliteTarget } from "./python-targets.js";
import { checkReplaceable, replaceFolder } from "./replace-folder.js";
import { requireAccuracy } from "./require-accuracy.js";
import type { ExportPrecision } from "./stored-constants.js";
import type { ExportTarget, ExportTargetName, Runtime } from "./target.js";
import { tfjsTarget } from "./tfjs-target.js";

const targets: Readonly<Record<ExportTargetName, ExportTarget>> = {
  tfjs: tfjsTarget,
  onnx: onnxTarget,
  tflite: tfliteTarget,
};

/** The largest difference of any probability from the source's on the compared clips with which a model is written. */
const largestDifferences: Readonly<Record<ExportPrecision, number>> = {
  float32: 1e-3,
  float16: 1e-2,
  int8: 0.2,
};

export interface ExportOptions {
  readonly to: ExportTargetName;
  readonly weights: ExportPrecision;
  /** The folder to write; a new one, or an earlier export's. */
  readonly output: string;
  readonly settings: Settings;
  readonly onProgress?: ProgressListener;
  readonly stop?: StopSignal;
  /** What is checked and judged on; by default the model's test clips, or the synthetic sample where they are absent. */
  readonly clips?: JudgingClips;
}

/**
 * Carries a published model over to another runtime and writes it with card.json and README.md, all at once. Before that
 * it is compared with its source in the target's own runtime, and in fewer bits than float32 judged on the test clips.
 *
 * Throws LabError, and writes nothing, for a layer that cannot be carried over, for an answer too far from the source's,
 * and for int8 that costs accuracy or cannot be judged; InterruptedError when stopped.
 */
export async function exportModel(
  predictor: PublishedPredictor,
  { to, weights, output, settings, onProgress, stop, clips: given }: ExportOptions,
): Promise<ExportCard> {
  await checkReplaceable(output);
  const graph = graphOfPredictor(predictor);
  const { card: source } = predictor;
  const { source: of, clips } = given ?? (await judgingClips(source, settings));
  if (weights === "int8" && of !== "test") {
    throw new LabError(
      "What int8 costs cannot be measured: the store lacks the clips that the model was judged on.",
      "Import the corpora (docs/corpora.md), or export float16.",
    );
  }
  const target = targets[to];
  const compared = drawCompared(clips);
  const work = { onProgress, stop };
  let written: ExportCard | undefined;
  await replaceFolder(output, async (folder) => {
    await target.write(graph, weights, folder, stop);
    const files = await describeFiles(folder);
    const checked = await withRuntime(target, folder, async (runtime) => {
      const task = "comparison with the source";
      const first = await predictBoth(predictor, runtime, compared, { ...work, task });
      const agreement = agreementOf(first);
      requireAgreement(agreement, weights, target.title);
      const others = clips.filter((clip) => !compared.includes(clip));
      const isJudged = weights !== "float32" && of === "test";
      const rest = isJudged
        ? await predictBoth(predictor, runtime, others, { ...work, task: "test clips" })
        : null;
      const judged = rest && {
        source: evaluatePredictions([...first.source, ...rest.source]),
        exported: evaluatePredictions([...first.exported, ...rest.exported]),
      };
      if (weights === "int8") requireAccuracy(judged!.exported, judged!.source);
      return {
        runtime: runtime.name,
        agreement,
        test: judged?.exported ?? null,
        sourceTest: judged?.source ?? null,
      };
    });
    written = exportCard({ source, target: to, weights, of, files, ...checked });
    await writeJson(join(folder, "card.json"), written);
    await writeFileAtomic(join(folder, "README.md"), exportReadme(written));
  });
  return written!;
}

async function withRuntime<T>(
  target: ExportTarget,
  folder: string,
  use: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  const runtime = await target.open(folder);
  try {
    return await use(runtime);
  } finally {
    await runtime.close();
  }
}

async function describeFiles(folder: string): Promise<ExportCard["files"]> {
  const names = (await readdir(folder)).sort();
  const described = names.map(async (name) => {
    const bytes = await readFile(join(folder, name));
    return [name, { bytes: bytes.length, sha256: sha256(bytes) }] as const;
  });
  return Object.fromEntries(await Promise.all(described));
}

function requireAgreement({ largestDifference }: Agreement, weights: ExportPrecision, title: string): void {
  const limit = largestDifferences[weights];
  if (largestDifference <= limit) return;
  throw new LabError(
    `The ${title} model in ${weights} differs from its source by ${largestDifference.toPrecision(2)} in a probability; up to ${limit} is carried over.`,
    weights === "float32" ? "Nothing was written; report this." : "Nothing was written; export float32.",
  );
}
