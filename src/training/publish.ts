import { join } from "node:path";
import { LabError } from "../core/errors.js";
import { readJson, writeFileAtomic, writeJson } from "../core/files.js";
import { canonicalJson, sha256 } from "../core/hash.js";
import type { Settings } from "../core/settings.js";
import { loadTensorFlow } from "../core/tensorflow.js";
import { modelToFiles, weightsFileName } from "../models/artifacts.js";
import { isBaselineSpec } from "./baselines/baseline-spec.js";
import { cardOf, type FrontEndOfCard } from "./card.js";
import { cardReadme } from "./card-readme.js";
import { measuredLimits } from "./measured-limits.js";
import { readMetrics } from "./read-metrics.js";
import { loadFrontEnd, loadRunModel, pretrainedOf } from "./run-model.js";
import type { ResultSpec, RunSpec } from "./run-spec.js";
import { type Run, readRun } from "./run-store.js";
import { choosePrecision } from "./weights-precision.js";
import { retractOther, writeResult } from "./write-result.js";

export interface PublishOptions {
  readonly settings: Settings;
  /** The row's name in results/ and models/; the architecture's by default. */
  readonly as?: string;
  /** Takes the place of a result of another specification. */
  readonly replace?: boolean;
  /** Writes the weights of seed 0 on a protocol without folds to models/ too; true where absent. */
  readonly withWeights?: boolean;
  /** Accepts clips that are not the publishers' own files; metrics.json then says `source: opus-copy`. */
  readonly opusCopy?: boolean;
}

/** Where a result is published, below results/: `<protocol>/<name>/seed-<n>[/fold-<k> or /<held-out corpus>]`. */
export function resultFolder(spec: ResultSpec, name: string): string {
  const fold = spec.fold === null ? [] : [/^\d+$/.test(spec.fold) ? `fold-${spec.fold}` : spec.fold];
  return join(spec.protocol, name, `seed-${spec.seed}`, ...fold);
}

/**
 * Writes a finished run to results/, and the weights of seed 0 on a protocol without folds to models/. This alone
 * writes there. Throws LabError for an unfinished run, for a profile other than `full`, for clips that are not the
 * publishers' own without `opusCopy`, for a name that holds another specification without `replace`, and where the weights
 * of another run would stay beside the result. Returns the folders it wrote.
 */
export async function publishRun(hash: string, options: PublishOptions): Promise<string[]> {
  const { settings, withWeights = true } = options;
  const run = await readRun<ResultSpec>(hash, settings);
  if (run === null)
    throw new LabError(`Run ${hash} is not finished.`, "Train it to the end first: `affectlab train`.");
  const name = options.as ?? run.spec.model;
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(name)) {
    throw new LabError(`"${name}" cannot be a row's name.`, "Use small letters, digits, dots and hyphens.");
  }
  refuseUnfit(run, options);
  const folder = join(settings.root, "results", resultFolder(run.spec, name));
  await refuseOtherSpec(run, folder, options);
  const network = withWeights && hasWeights(run) ? run : null;
  if (network === null) await refuseOtherWeights(run, join(settings.root, "models", name, run.spec.protocol));
  const written = [folder];
  await writeResult(folder, run, async () => {
    if (network !== null) written.push(await publishWeights(network, name, settings));
  });
  return written;
}

/** A network's run of seed 0 without folds: the one whose weights are published. */
function hasWeights(run: Run<ResultSpec>): run is Run {
  return !isBaselineSpec(run.spec) && run.spec.seed === 0 && run.spec.fold === null;
}

function refuseUnfit({ hash, spec, metrics }: Run<ResultSpec>, { opusCopy = false }: PublishOptions): void {
  if (spec.profile !== "full") {
    throw new LabError(
      `Run ${hash} is of the profile ${spec.profile}.`,
      "Only runs of the profile full are published.",
    );
  }
  if (metrics.source === "opus-copy" && !opusCopy) {
    throw new LabError(
      `Run ${hash} was trained on clips that are not the publishers' own files.`,
      "Import the originals (`affectlab corpora import`), or give --opus-copy to publish it marked as such.",
    );
  }
}

async function refuseOtherSpec(
  run: Run<ResultSpec>,
  folder: string,
  { replace = false }: PublishOptions,
): Promise<void> {
  const there = await readMetrics(join(folder, "metrics.json"));
  if (there !== null && there.specHash !== run.hash && !replace) {
    throw new LabError(
      `${folder} holds another specification (${there.specHash}).`,
      "Give --replace to take its place, or --as NAME for a row of its own.",
    );
  }
}

/**
 * A result that is published without weights must not stand beside those of another run: they would answer under its
 * name. They are not deleted here, since whoever gives --no-weights asks for models/ to be left alone.
 */
async function refuseOtherWeights(run: Run<ResultSpec>, folder: string): Promise<void> {
  const { hash, spec } = run;
  const card = (await readJson(join(folder, "card.json"))) as { specHash?: unknown; seed?: unknown } | null;
  const isBeside = card !== null && card.seed === spec.seed && spec.fold === null;
  if (!isBeside || card.specHash === hash) return;
  throw new LabError(
    `${folder} holds the weights of another run (${String(card.specHash)}).`,
    `${hasWeights(run) ? "Leave out --no-weights, or delete" : "Delete"} that folder first, or give --as NAME for a row of its own.`,
  );
}

/** Writes the front end that a run's model stands behind to models/, once for all runs; null for a model without one. */
async function publishFrontEnd(spec: RunSpec, settings: Settings): Promise<FrontEndOfCard | null> {
  const pretrained = pretrainedOf(spec);
  if (pretrained === null) return null;
  const { frontEnd: name } = pretrained;
  const model = (await loadFrontEnd(spec, settings))!;
  try {
    const { modelJson, weights } = await modelToFiles(model, "float16");
    const folder = join(settings.root, "models", name);
    await writeFileAtomic(join(folder, weightsFileName), weights);
    await writeFileAtomic(join(folder, "model.json"), `${canonicalJson(modelJson)}\n`);
    return { name, sha256: sha256(weights) };
  } finally {
    model.dispose();
  }
}

async function publishWeights(run: Run, name: string, settings: Settings): Promise<string> {
  loadTensorFlow();
  const folder = join(settings.root, "models", name, run.spec.protocol);
  const { model, standardisation } = await loadRunModel(run.spec, settings, "best");
  try {
    const precision = await choosePrecision(model, run, settings);
    const { modelJson, weights } = await modelToFiles(model, precision);
    await retractOther(join(folder, "card.json"), run.hash);
    await writeFileAtomic(join(folder, weightsFileName), weights);
    await writeFileAtomic(join(folder, "model.json"), `${canonicalJson(modelJson)}\n`);
    const frontEnd = await publishFrontEnd(run.spec, settings);
    const measured = await measuredLimits(settings.root, name, run.spec, run.test);
    const card = cardOf(run, name, standardisation, precision, frontEnd, measured);
    await writeFileAtomic(join(folder, "README.md"), cardReadme(card));
    await writeJson(join(folder, "card.json"), card); // last: it says that the folder is whole
  } finally {
    model.dispose();
  }
  return folder;
}
