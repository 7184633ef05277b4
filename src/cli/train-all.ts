import type { Logger } from "pino";
import { percent } from "../core/percent.js";
import { formatSeconds } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import type { ProtocolName } from "../protocols/split.js";
import { exitCodes } from "./exit-codes.js";
import { withProgress } from "./long-command.js";
import { printJson } from "./print-json.js";
import { alignTable } from "./text-table.js";

export interface TrainAllFlags {
  readonly protocol: ProtocolName;
  readonly corpora?: readonly string[];
  readonly rows?: readonly string[];
  readonly json?: true;
}

/**
 * `affectlab train all`: every row on a protocol, in its order of importance. Runs that are finished are skipped; one
 * that fails is named, the others go on, and the exit code is 1.
 */
export async function trainAll(flags: TrainAllFlags, settings: Settings, log: Logger): Promise<void> {
  const { nameOf, planRuns, trainRows } = await import("../training/train-rows.js");
  const { protocol, corpora } = flags;
  const planned = planRuns(protocol, corpora, flags.rows);
  const outcomes = await withProgress(({ listener, stop }) =>
    trainRows(planned, {
      settings,
      corpora,
      onProgress: listener,
      stop,
      onRun: (one, number, total) => log.info({ run: nameOf(one), protocol, number, total }, "run starts"),
    }),
  );
  if (outcomes.some(({ state }) => state === "failed")) process.exitCode = exitCodes.failure;
  for (const outcome of outcomes) {
    if (outcome.state === "failed") process.stderr.write(`${nameOf(outcome)} failed: ${outcome.problem}\n`);
  }
  if (flags.json === true) {
    const told = outcomes.map(({ row, fold, seed, state, ...rest }) => {
      const facts = "run" in rest ? { run: rest.run.hash, metrics: rest.run.metrics } : rest;
      return { row: row.name, protocol, fold, seed, state, ...facts };
    });
    printJson(told);
    return;
  }
  const cells = outcomes.map((outcome) => {
    const { row, fold, seed, state } = outcome;
    const facts =
      state === "failed"
        ? ["-", "-", "-", "-"]
        : [
            percent(outcome.run.metrics.test.all.accuracy.value),
            percent(outcome.run.metrics.test.all.uar.value),
            formatSeconds(outcome.run.metrics.seconds),
            outcome.run.hash,
          ];
    return [row.name, fold ?? "-", String(seed), state, ...facts];
  });
  const header = ["row", "fold", "seed", "state", "accuracy %", "UAR %", "training", "run"];
  console.log(alignTable(header, cells, ["left", "left", "right", "left", "right", "right", "right"]));
}
