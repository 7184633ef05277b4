import { basename, dirname, join, resolve } from "node:path";
import { LabError } from "../core/errors.js";
import { readJson } from "../core/files.js";
import type { Settings } from "../core/settings.js";
import type { RunSpec } from "../training/run-spec.js";
import { findRun, listRuns } from "../training/run-store.js";

/** A checkpoint of a run. */
export interface ChosenCheckpoint {
  readonly spec: RunSpec;
  readonly which: "best" | "last" | number;
  /** The store that the run lies in: another than the settings' when a path was given. */
  readonly home: string;
}

/**
 * The checkpoint that a text names: a path (`.../runs/<hash>/best.safetensors`), a run (`3f2a91`, `3f2a91@last`), or a
 * model (`resnet`, `resnet@10`: the newest run of that model in the store, of `protocol` when one is given). Teachers
 * that withheld clips are no such runs: they are named by their hash. Without `@`, the epoch that was best on
 * validation. Throws LabError when there is none.
 */
export async function findCheckpoint(
  target: string,
  settings: Settings,
  protocol?: string,
): Promise<ChosenCheckpoint> {
  if (target.endsWith(".safetensors")) return await checkpointAt(target);
  const [name, epoch] = target.split("@") as [string, string?];
  const which = whichCheckpoint(epoch ?? "best", target);
  // A cross-fitting teacher has learnt from a part of the training clips: whoever names the model means no such run.
  const runs = (await listRuns(settings)).filter(
    ({ spec }) => spec.model === name && spec.withheld === undefined,
  );
  const newest = runs.find(({ spec }) => protocol === undefined || spec.protocol === protocol);
  if (newest !== undefined) return { spec: newest.spec, which, home: settings.home };
  if (runs.length > 0) {
    throw new LabError(
      `The store has no run of ${name} on ${protocol}.`,
      `It has runs on ${[...new Set(runs.map(({ spec }) => spec.protocol))].join(", ")}.`,
    );
  }
  const { spec } = await findRun(name, settings);
  return { spec, which, home: settings.home };
}

async function checkpointAt(path: string): Promise<ChosenCheckpoint> {
  const file = resolve(path);
  const folder = dirname(file);
  const spec = (await readJson(join(folder, "spec.json"))) as RunSpec | null;
  if (spec === null || basename(dirname(folder)) !== "runs") {
    throw new LabError(
      `${path} does not lie in the folder of a run.`,
      "A checkpoint is told by its run's spec.json: give .../runs/<hash>/best.safetensors.",
    );
  }
  const which = whichCheckpoint(
    basename(file)
      .replace(/\.safetensors$/, "")
      .replace(/^epoch-/, ""),
    path,
  );
  return { spec, which, home: dirname(dirname(folder)) };
}

function whichCheckpoint(text: string, target: string): ChosenCheckpoint["which"] {
  if (text === "best" || text === "last") return text;
  if (/^\d+$/.test(text)) return Number(text);
  throw new LabError(
    `"${target}" names no checkpoint.`,
    "After @ stands best, last or the number of an epoch.",
  );
}
