import { LabError } from "../core/errors.js";
import { noFeatureAugmentation } from "../features/augment-features.js";
import { usualWaveAugmentation } from "../features/augment-wave.js";
import { waveOptions } from "../features/wave-options.js";

/** What `--set` changes of a specification, ready for defineRun. */
export interface SpecChanges {
  readonly options: Record<string, unknown>;
  readonly features: Record<string, unknown>;
  readonly training: Record<string, unknown>;
}

/** The values of a recipe that may be changed, complete. */
export type SpecDefaults = { readonly [group in keyof SpecChanges]: object };

const groups = ["options", "features", "training"] as const;

/** Parts of a recipe that null takes out, as if the recipe had never had them. */
const removable = new Set(["training.variedCopies", "training.distillation"]);

/** Fields whose value may be null, which leaves them out. */
const nullable = new Set([
  ...removable,
  "training.clipNorm",
  "training.patienceEpochs",
  "training.augmentation",
  "features.trimDecibels",
  "features.topDecibels",
]);

/** Fields that a recipe may leave out, by their place, each with a value of its type; what is deeper begins with it. */
const optional: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  training: {
    keptBy: "uar",
    variedCopies: { copies: 2, share: 0.5, sound: usualWaveAugmentation },
    distillation: { teachers: ["whisper"], share: 0.5, temperature: 1 },
  },
  "training.distillation": { crossFittedGroups: 3 },
  "training.augmentation": { ...noFeatureAugmentation },
  "training.waveAugmentation": { ...waveOptions },
  "training.variedCopies.sound": { ...waveOptions },
};

/**
 * Reads assignments such as `training.epochs=10`, `training.mixup.share=0.3` or `options.channels=[8,16]` against the
 * values that they change. A value is JSON, or else a word. Throws LabError for a field that there is not (it lists
 * those there are) and for a value of another type than the field's.
 */
export function parseChanges(assignments: readonly string[], defaults: SpecDefaults): SpecChanges {
  const { options, features, training } = structuredClone(defaults);
  const whole = { options, features, training } as unknown as SpecChanges;
  const changes: SpecChanges = { options: {}, features: {}, training: {} };
  for (const assignment of assignments) {
    const [, path, text] =
      /^([^=]+)=(.*)$/s.exec(assignment) ?? fail(assignment, "is no assignment", example);
    const [group, field, ...deeper] = (path as string).trim().split(".") as [keyof SpecChanges, string?];
    if (!groups.includes(group) || field === undefined) {
      fail(assignment, "names no field", `${example}; a field begins with ${groups.join(", ")}.`);
    }
    assign(assignment, whole, [group, field, ...deeper], parseValue(text as string));
    changes[group][field] = whole[group][field];
  }
  return changes;
}

const example = "Write it as training.epochs=10";

/** Puts a value in its place in `whole`, once the place exists and the value fits. */
function assign(assignment: string, whole: object, path: readonly string[], value: unknown): void {
  let holder: unknown = whole;
  for (const [depth, field] of path.entries()) {
    const place = path.slice(0, depth).join(".");
    const members = (isObject(holder) ? { ...optional[place], ...holder } : {}) as Record<string, unknown>;
    const fields = Object.keys(members);
    if (!fields.includes(field)) {
      const there = fields.length > 0 ? fields.join(", ") : "no fields";
      fail(assignment, `names a field that ${place} does not have`, `It has: ${there}.`);
    }
    if (depth < path.length - 1) {
      const deeper = (holder as Record<string, unknown>)[field] ?? structuredClone(members[field]);
      (holder as Record<string, unknown>)[field] = deeper;
      holder = deeper;
      continue;
    }
    const whole = path.join(".");
    checkValue(assignment, whole, members[field], value);
    (holder as Record<string, unknown>)[field] = value === null && removable.has(whole) ? undefined : value;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkValue(assignment: string, path: string, before: unknown, value: unknown): void {
  if (path === "features.kind") {
    fail(
      assignment,
      "changes the kind of features",
      "Another kind has other fields: define the run in a notebook.",
    );
  }
  if (value === null && nullable.has(path)) return;
  if (before === null ? typeof value === "number" : typeOf(value) === typeOf(before)) return;
  const wanted = before === null ? "number" : typeOf(before);
  fail(
    assignment,
    "has a value of another type",
    `It takes a ${wanted}${nullable.has(path) ? " or null" : ""}.`,
  );
}

/** `number` (0 or above), `list of number` (of any sign), `boolean`, `string`, `null`, `object with a, b`. */
function typeOf(value: unknown): string {
  return typeof value === "number" && value < 0 ? "negative number" : typeOfAnySign(value);
}

function typeOfAnySign(value: unknown): string {
  if (value === null) return "null";
  // A range may lie on either side of 0, whatever side the recipe's lies on.
  if (Array.isArray(value)) return `list of ${[...new Set(value.map(typeOfAnySign))].sort().join(" and ")}`;
  if (typeof value === "object") return `object with ${Object.keys(value).sort().join(", ")}`;
  return typeof value;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text.trim();
  }
}

function fail(assignment: string, what: string, remedy: string): never {
  throw new LabError(`--set ${assignment} ${what}.`, remedy.endsWith(".") ? remedy : `${remedy}.`);
}
