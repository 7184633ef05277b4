import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Settings } from "../../core/settings.js";
import { type Search, settingText, startOf, type TrialSettings } from "./define-search.js";
import { startOptuna } from "./optuna-process.js";

/** A setting that was tried, and what came of it. */
export interface Trial {
  /** Its place in the study, from 1. */
  readonly number: number;
  /** `pruned`: stopped in the middle; `waiting`: stopped by somebody, to be gone on with. */
  readonly state: "complete" | "pruned" | "running" | "waiting";
  readonly settings: TrialSettings;
  /** The score on validation of its best epoch; null for one that is not complete. */
  readonly score: number | null;
  /** The hash of its run in the store; null before it has begun. */
  readonly run: string | null;
  /** The best score so far after each epoch. */
  readonly scores: readonly { readonly epoch: number; readonly score: number }[];
}

/** A trial to run. */
export interface AskedTrial {
  readonly number: number;
  readonly settings: TrialSettings;
  /** Epochs that were reported before it was interrupted. */
  readonly reported: readonly number[];
}

/** The study of a search, shared by everybody who opens it. */
export interface Study {
  /** A trial to run; null once the study has so many of them, with the number that others are still running. */
  ask(trials: number): Promise<AskedTrial | { readonly runningElsewhere: number }>;
  note(run: string): Promise<void>;
  /** Takes the best score so far after an epoch; true when the trial is to be pruned. */
  report(epoch: number, score: number): Promise<boolean>;
  complete(score: number): Promise<void>;
  prune(): Promise<void>;
  giveBack(): Promise<void>;
  trials(): Promise<Trial[]>;
  /** The share of the scores' variance that each setting explains, the largest first; empty below two whole trials. */
  importance(): Promise<{ readonly setting: string; readonly share: number }[]>;
  close(): Promise<void>;
}

/** Where studies lie unless a database is named: one file each in the store. */
export function usualStorage({ name }: Pick<Search, "name">, settings: Settings): string {
  return `sqlite:///${join(settings.home, "searches", `${name}.sqlite3`)}`;
}

const value = z.union([z.number(), z.string()]);
const asked = z.union([
  z.object({ trial: z.null(), running: z.number() }),
  z.object({ trial: z.number(), settings: z.record(z.string(), value), reported: z.array(z.number()) }),
]);
const told = z.object({
  trials: z.array(
    z.object({
      number: z.number(),
      state: z.enum(["complete", "pruned", "running", "waiting"]),
      score: z.number().nullable(),
      settings: z.record(z.string(), value),
      run: z.string().nullable(),
      reported: z.array(z.tuple([z.number(), z.number()])),
    }),
  ),
});
const shares = z.object({ importance: z.array(z.tuple([z.string(), z.number()])) });
const reply = z.object({ stop: z.boolean() });

/**
 * Opens a search's study, or makes it with the recipe's own settings as its first trial. Throws LabError for a storage
 * that cannot be used, and where the Python environment is absent or lacks Optuna.
 */
export async function openStudy(search: Search, storage: string, settings: Settings): Promise<Study> {
  const { space, base, name } = search;
  if (storage === usualStorage(search, settings))
    await mkdir(join(settings.home, "searches"), { recursive: true });
  const optuna = startOptuna();
  const textsOf = (given: Readonly<Record<string, number | string>>): TrialSettings =>
    Object.fromEntries(
      Object.keys(space)
        .filter((path) => path in given)
        .map((path) => [path, settingText(space[path]!, given[path]!)]),
    );
  try {
    await optuna.ask("open", {
      storage,
      name,
      seed: base.seed,
      settings: Object.fromEntries(
        Object.entries(space).map(([path, range]) => [
          path,
          range.kind === "choice"
            ? { ...range, values: range.values.map((one) => JSON.stringify(one)) }
            : range,
        ]),
      ),
      first: startOf(search),
      // A quarter of the schedule: before that the learning rate is at its peak and epochs say little.
      warmup: Math.ceil(base.training.epochs / 4),
    });
  } catch (error) {
    await optuna.close();
    throw error;
  }
  return {
    async ask(trials) {
      const answer = asked.parse(await optuna.ask("ask", { trials }));
      if (answer.trial === null) return { runningElsewhere: answer.running };
      const { trial: number, settings: given, reported } = answer;
      return { number, settings: textsOf(given), reported };
    },
    note: async (run) => void (await optuna.ask("note", { run })),
    report: async (epoch, score) => reply.parse(await optuna.ask("report", { epoch, score })).stop,
    complete: async (score) => void (await optuna.ask("finish", { state: "complete", score })),
    prune: async () => void (await optuna.ask("finish", { state: "pruned" })),
    giveBack: async () => void (await optuna.ask("give_back")),
    async trials() {
      const { trials } = told.parse(await optuna.ask("trials"));
      return trials.map(({ reported, settings: given, ...rest }) => ({
        ...rest,
        settings: textsOf(given),
        scores: reported.map(([epoch, score]) => ({ epoch, score })),
      }));
    },
    async importance() {
      const { importance } = shares.parse(await optuna.ask("importance"));
      return importance.map(([setting, share]) => ({ setting, share }));
    },
    close: () => optuna.close(),
  };
}
