import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { LabError, messageOf } from "../../core/errors.js";
import { profiles } from "../../core/settings.js";
import { protocolNames } from "../../protocols/split.js";

const name = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, "use small letters, digits, dots and hyphens");
const unique = <Item>(items: readonly Item[]): boolean => new Set(items).size === items.length;

const resources = z
  .object({
    /** Cores of a job. */
    threads: z.number().int().positive().optional(),
    memory_mb: z.number().int().positive().optional(),
    gpus: z.number().int().nonnegative().optional(),
    /** After which a scheduler may end it; the next attempt goes on from the last checkpoint. */
    minutes: z.number().int().positive().optional(),
  })
  .strict();

const config = z
  .object({
    name,
    profile: z.enum(profiles),
    protocols: z.array(z.enum(protocolNames)).min(1).refine(unique, "names one twice"),
    models: z.array(z.string()).min(1).refine(unique, "names one twice"),
    seeds: z.array(z.number().int().nonnegative()).min(1).refine(unique, "names one twice"),
    /** Folds of protocols that have any. */
    folds: z.union([z.literal("all"), z.array(z.coerce.string()).min(1).refine(unique, "names one twice")], {
      error: "say all, or a list of folds",
    }),
    settings: z
      .array(
        z
          .object({
            name,
            /** What `affectlab train` takes with --set. */
            set: z.array(z.string()).default([]),
            /** The models that it is for; all where absent. */
            models: z.array(z.string()).min(1).optional(),
          })
          .strict(),
      )
      .min(1)
      .refine((settings) => unique(settings.map((setting) => setting.name)), "names one twice"),
    resources: z.object({ default: resources.required() }).catchall(resources).optional(),
  })
  .strict();

/** A study as its YAML file says it: every protocol × model × seed × fold × setting. */
export type StudyConfig = z.infer<typeof config>;
export type StudySetting = StudyConfig["settings"][number];

/** Reads a study's YAML file. Throws LabError naming the field that cannot be used. */
export async function readStudyConfig(path: string): Promise<StudyConfig> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new LabError(
      `${path} cannot be read: ${messageOf(error)}.`,
      "Give the path of a study's YAML file.",
    );
  }
  return parseStudyConfig(text, path);
}

/** The study that a YAML text says. Throws LabError naming the file and the field that cannot be used. */
export function parseStudyConfig(text: string, path: string): StudyConfig {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new LabError(`${path} is not YAML: ${messageOf(error).split("\n")[0]}.`, "Mend that line.");
  }
  const checked = config.safeParse(content);
  if (!checked.success) {
    const { path: field, message } = checked.error.issues[0]!;
    const at = field.length === 0 ? "" : `, ${field.join(".")}`;
    throw new LabError(`${path}${at}: ${message}.`, "docs/study.md describes every field.");
  }
  refuseUnknownModels(checked.data, path);
  return checked.data;
}

function refuseUnknownModels({ models, settings, resources: given }: StudyConfig, path: string): void {
  const mentioned = [
    ...settings.flatMap((setting) =>
      (setting.models ?? []).map((model) => [`settings.${setting.name}`, model]),
    ),
    ...Object.keys(given ?? {}).map((model) => ["resources", model]),
  ] as [string, string][];
  const stray = mentioned.find(([, model]) => model !== "default" && !models.includes(model));
  if (stray === undefined) return;
  throw new LabError(
    `${path}, ${stray[0]}: "${stray[1]}" is not among the study's models.`,
    `They are: ${models.join(", ")}.`,
  );
}
