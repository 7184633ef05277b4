import type { Settings } from "../../../core/settings.js";
import { comparePaired, testMcNemar } from "../../../evaluation/significance.js";
import { listPublished, type PublishedResult, readPublishedPart } from "../../../training/published.js";
import { commandFor, type Row, rows } from "../../../training/rows.js";
import {
  type ComparedRow,
  type Comparison,
  type RankedProtocol,
  type RankedResult,
  rankedProtocols,
} from "./comparison.js";
import { type Latencies, readLatencies } from "./latencies.js";
import { rankedClips, rankedFigure, uarOfRankedCorpus } from "./ranked-figure.js";

/** Every row on both protocols, with paired significance against the best of each. */
export async function rankRows(settings: Settings): Promise<ComparedRow[]> {
  const published = await listPublished(settings);
  const latencies = await readLatencies(settings);
  const newVoices = await rank("speaker-independent", published, latencies, settings);
  const combined = await rank("combined", published, latencies, settings);
  return rows.filter(isRanked).map(({ name, title, kind, notebook }) => ({
    name,
    title,
    kind,
    notebook,
    results: { "speaker-independent": newVoices.get(name)!, combined: combined.get(name)! },
  }));
}

function isRanked(row: Row): boolean {
  return row.protocols.some((protocol) => (rankedProtocols as readonly string[]).includes(protocol));
}

async function rank(
  protocol: RankedProtocol,
  published: readonly PublishedResult[],
  latencies: Latencies | null,
  settings: Settings,
): Promise<Map<string, RankedResult>> {
  const seedsOf = (row: Row) => published.filter((one) => one.protocol === protocol && one.name === row.name);
  const first = rows.filter(isRanked).flatMap((row) => {
    const result = seedsOf(row).find(({ metrics }) => metrics.spec.seed === 0);
    return result === undefined ? [] : [{ row, result, value: rankedFigure(protocol, result).value }];
  });
  const best = first.reduce<(typeof first)[0] | null>(
    (a, b) => (a === null || b.value > a.value ? b : a),
    null,
  );
  const clipsOf = async ({ place }: PublishedResult) =>
    rankedClips(protocol, await readPublishedPart(place, "test", settings));
  const bestClips = best === null ? [] : await clipsOf(best.result);
  const metric = protocol === "combined" ? "accuracy" : "uar";
  const results = new Map<string, RankedResult>();
  for (const row of rows.filter(isRanked)) {
    const found = first.find((one) => one.row === row);
    if (found === undefined) {
      const isMeant = row.protocols.includes(protocol);
      results.set(
        row.name,
        isMeant ? { state: "not run", command: commandFor(row, protocol) } : { state: "not meant" },
      );
      continue;
    }
    const { metrics } = found.result;
    const clips = await clipsOf(found.result);
    results.set(row.name, {
      state: "run",
      figure: rankedFigure(protocol, found.result),
      uar: uarOfRankedCorpus(found.result),
      clips: clips.length,
      parameters: metrics.parameters,
      seconds: metrics.seconds,
      device: metrics.device,
      megabytesAsFloat16: (2 * metrics.parameters) / 1e6,
      latencyMilliseconds: latencies?.rows[row.name]?.median ?? null,
      seeds: Object.fromEntries(
        seedsOf(row).map((one) => [one.metrics.spec.seed, rankedFigure(protocol, one).value]),
      ),
      source: metrics.source,
      specHash: metrics.specHash,
      behindBest:
        found === best
          ? null
          : {
              ...comparePaired(clips, bestClips)[metric],
              mcNemarPValue: testMcNemar(clips, bestClips).pValue,
            },
    });
  }
  return results;
}

/** What no row has a result for yet, with the command that would give it. */
export function missingResults({
  rows,
}: Pick<Comparison, "rows">): { row: string; protocol: RankedProtocol; command: string }[] {
  return rows.flatMap(({ name, results }) =>
    rankedProtocols.flatMap((protocol) => {
      const result = results[protocol];
      return result.state === "not run" ? [{ row: name, protocol, command: result.command }] : [];
    }),
  );
}
