import { type Command, InvalidArgumentError, Option } from "commander";
import type { Logger } from "pino";
import { LabError } from "../core/errors.js";
import {
  type PrecisionChoice,
  type Profile,
  precisions,
  profiles,
  resolveSettings,
  type Settings,
} from "../core/settings.js";

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
type LogLevel = (typeof logLevels)[number];

/** The options that every command has. */
interface GlobalFlags {
  readonly home?: string;
  readonly profile?: Profile;
  readonly seed?: number;
  readonly precision?: PrecisionChoice;
  readonly logLevel?: LogLevel;
}

/** What a command works with: the settings in force and the structured log. */
export interface Workplace {
  readonly settings: Settings;
  readonly log: Logger;
}

/** Adds --home, --profile, --seed, --precision and --log-level; they may stand before or after the command. */
export function addGlobalOptions(program: Command): Command {
  return program
    .option("--home <dir>", "the store of corpora, caches and runs (AFFECTLAB_HOME; ~/.cache/affectlab)")
    .addOption(
      new Option("--profile <name>", "how much is run (AFFECTLAB_PROFILE; sample)").choices(profiles),
    )
    .option("--seed <number>", "initialisation, order and augmentation (AFFECTLAB_SEED; 0)", wholeNumber)
    .addOption(
      new Option(
        "--precision <name>",
        "of training (AFFECTLAB_PRECISION; auto: bf16 where the machine has it, float32 in the sample profile)",
      ).choices(precisions),
    )
    .addOption(
      new Option("--log-level <level>", "of the JSON log on standard error (AFFECTLAB_LOG; warn)").choices(
        logLevels,
      ),
    );
}

/**
 * The settings in force for a command (flags, environment, affectlab.json, defaults, in that order) and the log at its
 * level. Throws LabError for a setting that has no meaning.
 */
export async function openWorkplace(command: Command): Promise<Workplace> {
  const flags = command.optsWithGlobals<GlobalFlags>();
  const level = flags.logLevel ?? process.env.AFFECTLAB_LOG ?? "warn";
  if (!(logLevels as readonly string[]).includes(level)) {
    throw new LabError(`There is no log level "${level}".`, `Use one of ${logLevels.join(", ")}.`);
  }
  process.env.AFFECTLAB_LOG = level; // the logger reads it on import, and so do worker threads
  const settings = resolveSettings({
    ...(flags.home !== undefined && { home: flags.home }),
    ...(flags.profile !== undefined && { profile: flags.profile }),
    ...(flags.seed !== undefined && { seed: flags.seed }),
    ...(flags.precision !== undefined && { precision: flags.precision }),
  });
  const { log } = await import("../core/log.js");
  log.debug({ settings }, "settings");
  return { settings, log };
}

function wholeFrom(least: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() === "" || !Number.isInteger(number) || number < least) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} up.`);
    }
    return number;
  };
}

/** Read a whole number from 0, or from 1, up; anything else is a usage error. */
export const wholeNumber = wholeFrom(0);
export const fromOne = wholeFrom(1);

/** Reads `a,b` into names; an empty one is a usage error. */
export function namesList(value: string): string[] {
  const names = value.split(",").map((name) => name.trim());
  if (names.includes("")) throw new InvalidArgumentError("It must be names separated by commas.");
  return names;
}
