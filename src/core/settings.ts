import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { LabError, messageOf } from "./errors.js";

/** How much is run: synthetic speech in seconds, real corpora within ten minutes, or what is published. */
export const profiles = ["sample", "quick", "full"] as const;
export type Profile = (typeof profiles)[number];

/** What training computes in; "auto" is bf16 where the machine has it, and float32 in the sample profile. */
export const precisions = ["auto", "float32", "bf16"] as const;
export type PrecisionChoice = (typeof precisions)[number];

/** Where things lie and how a command behaves. */
export interface Settings {
  /** The store outside the checkout: corpora, feature cache, runs. */
  readonly home: string;
  /** The checkout: where results/, models/ and data/ are. */
  readonly root: string;
  readonly profile: Profile;
  /** The run's seed: initialisation, order and augmentation. */
  readonly seed: number;
  readonly precision: PrecisionChoice;
}

const settingsFile = z
  .object({
    home: z.string().optional(),
    profile: z.enum(profiles).optional(),
    seed: z.number().int().nonnegative().optional(),
    precision: z.enum(precisions).optional(),
  })
  .strict();

/** The folder of the affectlab package, where package.json lies. */
export const packageRoot = resolve(__dirname, "..", "..");

function readSettingsFile(path: string): z.infer<typeof settingsFile> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return {};
  }
  try {
    return settingsFile.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new LabError(
      `${path} cannot be used: ${reason}.`,
      "It may hold home (a path), profile (sample, quick, full), seed (a whole number) and precision (auto, float32, bf16).",
    );
  }
}

/**
 * The settings in force: a flag wins over the environment (AFFECTLAB_HOME, AFFECTLAB_PROFILE, AFFECTLAB_SEED,
 * AFFECTLAB_PRECISION), that over `affectlab.json` in the checkout (a relative `home` starts there), that over the default. Throws LabError for a value that has no meaning.
 */
export function resolveSettings(flags: Partial<Settings> = {}): Settings {
  const root = flags.root ?? packageRoot;
  const file = readSettingsFile(join(root, "affectlab.json"));
  const { AFFECTLAB_HOME: home, AFFECTLAB_PROFILE: profile, AFFECTLAB_SEED: seed } = process.env;
  const { AFFECTLAB_PRECISION: precision } = process.env;
  return {
    root,
    home: resolve(
      flags.home ??
        (home || undefined) ??
        (file.home && resolve(root, file.home)) ??
        join(homedir(), ".cache", "affectlab"),
    ),
    profile: profileOf(flags.profile ?? (profile || undefined) ?? file.profile ?? "sample"),
    seed: seedOf(flags.seed ?? (seed || undefined) ?? file.seed ?? 0),
    precision: precisionOf(flags.precision ?? (precision || undefined) ?? file.precision ?? "auto"),
  };
}

function profileOf(value: string): Profile {
  const found = profiles.find((profile) => profile === value);
  if (found === undefined)
    throw new LabError(`There is no profile "${value}".`, `Use one of ${profiles.join(", ")}.`);
  return found;
}

function precisionOf(value: string): PrecisionChoice {
  const found = precisions.find((precision) => precision === value);
  if (found === undefined)
    throw new LabError(`There is no precision "${value}".`, `Use one of ${precisions.join(", ")}.`);
  return found;
}

function seedOf(value: string | number): number {
  const seed = Number(value);
  if (!Number.isInteger(seed) || seed < 0)
    throw new LabError(`"${value}" is not a seed.`, "Use a whole number from 0 up.");
  return seed;
}
