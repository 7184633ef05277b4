import { LabError } from "../core/errors.js";
import { percent, percentBrackets } from "../core/percent.js";
import type { Settings } from "../core/settings.js";
import { alignPredictions, comparePaired, testMcNemar } from "../evaluation/significance.js";
import { findRun, type Run, readRun } from "../training/run-store.js";
import { printJson } from "./print-json.js";
import { flattenSpec } from "./runs-show.js";
import { alignTable } from "./text-table.js";

const scores = { accuracy: "accuracy", uar: "UAR", macroF1: "macro-F1" } as const;
type Score = keyof typeof scores;

/** Prints where two runs' specifications differ, and their test metrics with the paired difference. */
export async function printDifference(
  firstPrefix: string,
  secondPrefix: string,
  settings: Settings,
  isJson: boolean,
): Promise<void> {
  const [a, b] = [await findRun(firstPrefix, settings), await findRun(secondPrefix, settings)];
  const fields = differingFields(flattenSpec(a.spec), flattenSpec(b.spec));
  const [first, second] = [await readRun(a.hash, settings), await readRun(b.hash, settings)];
  const paired = first !== null && second !== null ? compare(first, second) : null;
  if (isJson) {
    const metrics = [first, second].map((run) => run?.metrics.test ?? null);
    printJson({ runs: [a.hash, b.hash], fields, test: metrics, paired });
    return;
  }
  if (fields.length === 0) console.log("The specifications are equal.");
  else {
    const rows = fields.map(({ field, first, second }) => [field, first ?? "-", second ?? "-"]);
    console.log(alignTable(["field", a.hash, b.hash], rows));
  }
  if (first === null || second === null) {
    console.log(`\n${first === null ? a.hash : b.hash} is unfinished: there are no metrics to compare.`);
    return;
  }
  console.log(`\n${metricsSideBySide(first, second, paired)}`);
  if (paired === null) console.log("\nThey judged different test clips: there is no paired difference.");
  else if ("mcNemar" in paired) {
    const { onlyFirst, onlySecond, pValue } = paired.mcNemar;
    console.log(
      `\nRight in the first only: ${onlyFirst}, in the second only: ${onlySecond}; McNemar p = ${pValue.toFixed(4)}`,
    );
  }
}

/** The fields of two flat specifications that differ; null where one does not have the field. */
export function differingFields(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>) {
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((field) => a.get(field) !== b.get(field))
    .map((field) => ({ field, first: a.get(field) ?? null, second: b.get(field) ?? null }));
}

/** The paired bootstrap and McNemar's test; null when the runs judged different clips. */
function compare(first: Run, second: Run) {
  try {
    alignPredictions(first.test, second.test);
  } catch (error) {
    if (error instanceof LabError) return null;
    throw error;
  }
  return { ...comparePaired(first.test, second.test), mcNemar: testMcNemar(first.test, second.test) };
}

function metricsSideBySide(first: Run, second: Run, paired: ReturnType<typeof compare>): string {
  const rows = (Object.keys(scores) as Score[]).map((score) => {
    const values = [first, second].map((run) => percent(run.metrics.test.all[score].value));
    if (paired === null) return [scores[score], ...values];
    const { value, clip, speaker, pValueClip, pValueSpeaker } = paired[score];
    const range = (interval: readonly [number, number] | null): string =>
      interval === null ? "-" : percentBrackets(interval);
    const pValues = [pValueClip, pValueSpeaker].map((pValue) => pValue?.toFixed(3) ?? "-");
    return [scores[score], ...values, percent(value), range(clip), range(speaker), ...pValues];
  });
  const header = ["test, %", first.hash, second.hash];
  const more = paired === null ? [] : ["difference", "by clip", "by speaker", "p by clip", "p by speaker"];
  return alignTable([...header, ...more], rows, ["left", ...Array(7).fill("right")]);
}
