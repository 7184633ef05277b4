import { LabError } from "../../core/errors.js";
import type { Settings } from "../../core/settings.js";
import { folds } from "../../protocols/draw-split.js";
import type { ProtocolName } from "../../protocols/split.js";
import { type BaselineSpec, defineBaseline, isBaseline } from "../baselines/baseline-spec.js";
import { defineRun, rememberChecksums } from "../define-run.js";
import { changesOfRecipe } from "../recipe-changes.js";
import { recipeFor } from "../recipes.js";
import { type ResultSpec, type RunSpec, runHash } from "../run-spec.js";
import { usualCorpora } from "../usual-corpora.js";
import type { StudyConfig, StudySetting } from "./study-config.js";

/** What a job asks a scheduler for. */
export interface Resources {
  readonly threads: number;
  readonly memory_mb: number;
  readonly gpus: number;
  readonly minutes: number;
}

/** A run of a study: its name in the store, and the command that makes it. */
export interface StudyRun {
  readonly run: string;
  readonly model: string;
  readonly protocol: ProtocolName;
  readonly fold: string | null;
  readonly seed: number;
  /** The setting's name; `teacher` for a run that others learn from and the study does not name. */
  readonly setting: string;
  readonly kind: "network" | "baseline";
  /** What `affectlab` is called with. */
  readonly arguments: readonly string[];
  /** Runs that must be there first. */
  readonly needs: readonly string[];
  readonly resources: Resources;
}

/** What a job gets where the study does not say. */
export const usualResources: Resources = { threads: 2, memory_mb: 4000, gpus: 0, minutes: 240 };

/**
 * Every run of a study, in the order of seeds, settings, protocols, models and folds, so that a study that is cut off has
 * the most important rows of all; and the teachers that some of them need. The same specification comes once. Baselines
 * know neither seeds nor settings. Throws LabError for a model, a setting or a fold that there is not.
 */
export async function planStudy(config: StudyConfig, given: Settings): Promise<StudyRun[]> {
  const settings = { ...given, profile: config.profile };
  const checksumsOf = rememberChecksums();
  const planned = new Map<string, StudyRun>();
  const add = (run: StudyRun): void => {
    if (!planned.has(run.run)) planned.set(run.run, run);
  };
  const resourcesOf = (model: string): Resources => ({
    ...usualResources,
    ...withoutAbsent(config.resources?.default),
    ...withoutAbsent(config.resources?.[model]),
  });
  const networks = config.models.filter((model) => !isBaseline(model));
  const bases = new Map<string, RunSpec>();
  for (const seed of config.seeds) {
    for (const setting of config.settings) {
      for (const protocol of config.protocols) {
        for (const model of networks) {
          if (setting.models?.includes(model) === false) continue;
          // Seeds and folds change two fields of a specification: the rest is defined once.
          const key = `${model} ${protocol} ${setting.name}`;
          const base =
            bases.get(key) ??
            (await defineRun(requestOf(model, protocol, setting, settings), settings, checksumsOf));
          bases.set(key, base);
          for (const fold of foldsOf(protocol, config)) {
            const spec = { ...inFold(base, fold), seed };
            for (const teacher of allTeachers(spec))
              add({ ...runOf(teacher, "teacher", []), resources: resourcesOf(teacher.model) });
            add({ ...runOf(spec, setting.name, setting.set), resources: resourcesOf(model) });
          }
        }
      }
    }
  }
  for (const protocol of config.protocols) {
    for (const model of config.models.filter(isBaseline)) {
      const base: BaselineSpec = await defineBaseline({ model, protocol }, settings);
      for (const fold of foldsOf(protocol, config))
        add({ ...runOf({ ...base, fold }, "recipe", []), resources: { ...resourcesOf(model), gpus: 0 } });
    }
  }
  return [...planned.values()];
}

function requestOf(
  model: string,
  protocol: ProtocolName,
  { name, set }: StudySetting,
  { profile }: Settings,
) {
  recipeFor(model, profile); // a model that there is not is no fault of the setting
  try {
    return { model, protocol, ...changesOfRecipe(model, profile, set), seed: 0 };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    throw new LabError(`settings.${name} does not fit ${model}: ${error.message}`);
  }
}

/** The folds of a protocol that the study names, or all; `null` alone for a protocol without folds. */
function foldsOf(protocol: ProtocolName, { folds: wanted }: StudyConfig): readonly (string | null)[] {
  const all = folds(protocol, usualCorpora(protocol));
  if (all.length === 0) return [null];
  if (wanted === "all") return all;
  const stray = wanted.find((fold) => !all.includes(fold));
  if (stray === undefined) return wanted;
  throw new LabError(`${protocol} has no fold "${stray}".`, `It has: ${all.join(", ")}.`);
}

function inFold(spec: RunSpec, fold: string | null): RunSpec {
  const { teachers } = spec;
  return {
    ...spec,
    fold,
    ...(teachers !== undefined && { teachers: teachers.map((one) => inFold(one, fold)) }),
  };
}

/**
 * The teachers of a run and theirs, those first that others need. One that withholds clips is no job of its own: it is
 * trained with its student.
 */
function allTeachers({ teachers = [] }: RunSpec): RunSpec[] {
  return teachers.flatMap((teacher) => [...allTeachers(teacher), ...(isOwnJob(teacher) ? [teacher] : [])]);
}

function isOwnJob({ withheld }: RunSpec): boolean {
  return withheld === undefined;
}

function runOf(
  spec: ResultSpec & Partial<Pick<RunSpec, "precision" | "teachers">>,
  setting: string,
  set: readonly string[],
): Omit<StudyRun, "resources"> {
  const { model, protocol, fold, seed, profile, precision, teachers = [] } = spec;
  return {
    run: runHash(spec),
    model,
    protocol,
    fold,
    seed,
    setting,
    kind: isBaseline(model) ? "baseline" : "network",
    arguments: [
      ...["train", model, "--protocol", protocol, "--profile", profile, "--seed", String(seed)],
      ...(fold === null ? [] : ["--fold", fold]),
      // Named, as `auto` may mean another one on the machine that the job comes to.
      ...(precision === undefined ? [] : ["--precision", precision]),
      ...set.flatMap((change) => ["--set", change]),
    ],
    needs: teachers.filter(isOwnJob).map(runHash),
  };
}

function withoutAbsent(given: Partial<Record<keyof Resources, number | undefined>> = {}): Partial<Resources> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
