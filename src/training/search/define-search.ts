import { LabError } from "../../core/errors.js";
import { specHash } from "../../core/hash.js";
import type { Settings } from "../../core/settings.js";
import type { ModelOptions } from "../../models/registry.js";
import type { ProtocolName } from "../../protocols/split.js";
import { checkTraining } from "../check-training.js";
import { defineRun } from "../define-run.js";
import { changesOfRecipe } from "../recipe-changes.js";
import type { RunSpec, TrainingOptions } from "../run-spec.js";
import { type Range, type Ranges, searchSpaceOf } from "../search-spaces.js";
import { parseChanges, type SpecChanges } from "../spec-changes.js";

/** What a search is asked for by. */
export interface SearchRequest {
  readonly model: string;
  readonly protocol: ProtocolName;
  readonly fold?: string | null;
  readonly corpora?: readonly string[];
  /** Epochs of each trial; the recipe's where absent, and then the best trial needs no training of its own. */
  readonly epochs?: number;
  /** Changes that every trial has, `training.frames=64`: what `affectlab train` takes with --set. */
  readonly changes?: readonly string[];
}

/** A search: where it starts from and what it may set. Everything here is part of its name. */
export interface Search {
  /** The study's name in its storage: the architecture and a hash. */
  readonly name: string;
  /** The run that trials change: the recipe, with what was asked for. */
  readonly base: RunSpec;
  readonly space: Ranges;
  readonly request: SearchRequest;
}

/** A trial's settings by name, each the JSON of its value: what `--set` takes. */
export type TrialSettings = Readonly<Record<string, string>>;

/**
 * The search that a request names. The same request on the same clips with the same space is the same study, whoever
 * asks. Throws LabError for an architecture without a search space, for a change of what is searched, and what
 * `defineRun` throws.
 */
export async function defineSearch(request: SearchRequest, settings: Settings): Promise<Search> {
  const { model, protocol, fold = null, corpora, epochs, changes = [] } = request;
  const space = searchSpaceOf(model);
  const fixed = changes.map((change) => change.split("=")[0]!.trim()).find((path) => path in space);
  if (fixed !== undefined)
    throw new LabError(`${fixed} is searched, so it cannot be set.`, "Leave --set out for it.");
  const { options, features, training } = changesOfRecipe(model, settings.profile, changes);
  const base = await defineRun(
    {
      model,
      protocol,
      fold,
      ...(corpora !== undefined && { corpora }),
      options,
      features,
      training: { ...training, ...(epochs !== undefined && { epochs }) },
    },
    settings,
  );
  return { name: `${model}-${specHash({ base, space })}`, base, space, request };
}

/** The run of a trial: the base with the trial's settings; the run that `affectlab train --set` would define. */
export function specOfTrial({ base }: Search, trial: TrialSettings): RunSpec {
  const assignments = assignmentsOf(trial);
  const { options, training }: SpecChanges = parseChanges(assignments, base);
  const changed = { ...base.training, ...training } as TrainingOptions;
  checkTraining(changed);
  return { ...base, options: { ...base.options, ...options } as ModelOptions, training: changed };
}

/** `training.learningRate=0.003`, one for each setting. */
export function assignmentsOf(trial: TrialSettings): string[] {
  return Object.entries(trial).map(([path, text]) => `${path}=${text}`);
}

/** The value of a setting as text; numbers with three significant digits, which is finer than any of them matters. */
export function settingText(range: Range, value: number | string): string {
  if (range.kind === "choice") return String(value); // choices go to the study as their JSON
  return range.kind === "number" ? String(Number(Number(value).toPrecision(3))) : String(value);
}

/** The base's own value of a setting. */
function baseValue(base: RunSpec, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((holder, key) => (holder as Record<string, unknown> | null)?.[key], base);
}

/** The base's own value of a setting as text: what the recipe says. */
export function recipeText({ base }: Pick<Search, "base">, path: string): string {
  return JSON.stringify(baseValue(base, path)) ?? "absent";
}

/** The base's own settings, as far as they lie within the space: where a search starts. */
export function startOf({ base, space }: Pick<Search, "base" | "space">): Record<string, number | string> {
  const start: Record<string, number | string> = {};
  for (const [path, range] of Object.entries(space)) {
    const value = baseValue(base, path);
    if (range.kind === "choice") {
      const text = JSON.stringify(value);
      if (range.values.some((one) => JSON.stringify(one) === text)) start[path] = text;
    } else if (typeof value === "number" && value >= range.low && value <= range.high) {
      const fits = range.kind === "number" || (value - range.low) % range.step === 0;
      if (fits) start[path] = value;
    }
  }
  return start;
}

/** The command that trains a trial's settings for as long as the recipe says, and looks at the test clips. */
export function commandForTrial({ base, request }: Search, trial: TrialSettings): string {
  const { model, protocol, fold, profile, seed } = base;
  const quoted = (text: string): string => (/[[\]{}"*?$ ]/.test(text) ? `'${text}'` : text);
  const parts = [
    `affectlab train ${model} --protocol ${protocol}`,
    fold === null ? "" : ` --fold ${fold}`,
    request.corpora === undefined ? "" : ` --corpora ${request.corpora.join(",")}`,
    ` --profile ${profile}`,
    seed === 0 ? "" : ` --seed ${seed}`,
    ...[...(request.changes ?? []), ...assignmentsOf(trial)].map((change) => ` --set ${quoted(change)}`),
  ];
  return parts.join("");
}
