import { percent } from "../core/percent.js";
import type { Settings } from "../core/settings.js";
import { readHistory } from "../training/history.js";
import { readMetrics } from "../training/read-metrics.js";
import type { RunSpec } from "../training/run-spec.js";
import { findRun, listRuns, readRun, runFiles } from "../training/run-store.js";
import { metricsTable } from "./metrics-table.js";
import { printJson } from "./print-json.js";
import { alignTable } from "./text-table.js";

/** Prints every run of the store, newest first. */
export async function printRuns(settings: Settings, isJson: boolean): Promise<void> {
  const runs = await listRuns(settings);
  const rows = await Promise.all(
    runs.map(async ({ hash, spec, finished, modified }) => ({
      run: hash,
      model: spec.model,
      protocol: spec.protocol,
      fold: spec.fold,
      profile: spec.profile,
      seed: spec.seed,
      corpora: Object.keys(spec.corpora),
      finished,
      uar: finished ? await testUar(runFiles(hash, settings).metrics) : null,
      modified: modified.toISOString(),
    })),
  );
  if (isJson) {
    printJson(rows);
    return;
  }
  if (rows.length === 0) {
    console.log(`There is no run in ${settings.home} yet: affectlab train resnet --protocol combined`);
    return;
  }
  const cells = rows.map((row) => [
    row.run,
    row.model,
    row.fold === null ? row.protocol : `${row.protocol} ${row.fold}`,
    row.profile,
    String(row.seed),
    row.uar === null ? "unfinished" : percent(row.uar),
    row.modified.slice(0, 16).replace("T", " "),
    row.corpora.join(","),
  ]);
  const header = [
    "run",
    "model",
    "protocol",
    "profile",
    "seed",
    "test UAR %",
    "last change (UTC)",
    "corpora",
  ];
  console.log(alignTable(header, cells, ["left", "left", "left", "left", "right", "right"]));
}

/** The test UAR that metrics.json holds: the list need not read the predictions of every run. */
async function testUar(path: string): Promise<number | null> {
  return (await readMetrics(path))?.test.all.uar.value ?? null;
}

/** Prints a run's specification, field by field, and its metrics. */
export async function printRun(prefix: string, settings: Settings, isJson: boolean): Promise<void> {
  const { hash, spec, finished } = await findRun(prefix, settings);
  const { folder, history } = runFiles(hash, settings);
  const metrics = finished ? ((await readRun(hash, settings))?.metrics ?? null) : null;
  if (isJson) {
    printJson({ run: hash, folder, spec, metrics });
    return;
  }
  console.log(`Run ${hash} in ${folder}\n`);
  console.log(alignTable(["field", "value"], [...flattenSpec(spec)]));
  if (metrics === null) {
    const epochs = (await readHistory(history)).length;
    console.log(
      `\nUnfinished: ${epochs} of ${spec.training.epochs} epochs; the command that began it goes on.`,
    );
    return;
  }
  const { parameters, epochs, bestEpoch, seconds, device, source } = metrics;
  const facts = [
    `${parameters} parameters`,
    `epoch ${bestEpoch} of ${epochs}`,
    `${seconds} s`,
    device,
    source,
  ];
  console.log(`\n${facts.join(", ")}\n\nTest:\n${metricsTable(metrics.test)}`);
  console.log(`\nValidation:\n${metricsTable(metrics.validation)}`);
}

/** The fields of a specification by their dotted paths, as `--set` names them. */
export function flattenSpec(spec: RunSpec): Map<string, string> {
  const fields = new Map<string, string>();
  const walk = (path: string, value: unknown): void => {
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      fields.set(path, typeof value === "string" ? value : JSON.stringify(value));
      return;
    }
    for (const [name, member] of Object.entries(value)) walk(path === "" ? name : `${path}.${name}`, member);
  };
  walk("", spec);
  return fields;
}
