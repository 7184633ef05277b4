import { percentSign } from "../core/percent.js";
import type { Settings } from "../core/settings.js";
import { oneLine } from "../core/shown-text.js";
import type { CorpusState } from "../corpora/list-corpora.js";
import { exitCodes } from "./exit-codes.js";
import type { Workplace } from "./global-options.js";
import { withProgress } from "./long-command.js";
import { printJson } from "./print-json.js";

/** A row of the list: a corpus, or the synthetic sample. */
type Row = Omit<CorpusState, "title" | "url"> & { readonly clips: number };

/** Prints every corpus with what of it is there. */
export async function listCorporaTable(settings: Settings, isJson: boolean): Promise<void> {
  const { listCorpora } = await import("../corpora/list-corpora.js");
  const { alignTable } = await import("./text-table.js");
  const states: Row[] = (await listCorpora(settings)).map((state) => ({
    ...state,
    clips: state.files - state.excluded,
  }));
  const rows = [...states, await sampleRow(settings)];
  if (isJson) {
    printJson(rows);
    return;
  }
  const cells = rows.map((row) => [
    row.name,
    row.state,
    row.isOwn || row.name === "sample" ? String(row.files) : `${row.files} of ${row.expected}`,
    String(row.clips),
    row.isOwn || row.name === "sample" || row.files === 0 ? "-" : percentSign(row.original / row.files),
    row.durationSeconds > 0 ? `${(row.durationSeconds / 3600).toFixed(1)} h` : "-",
    row.licence,
  ]);
  const header = ["corpus", "state", "files", "clips", "originals", "sound", "licence"];
  const sides = ["left", "left", "right", "right", "right", "right", "left"] as const;
  console.log(alignTable(header, cells, sides));
  console.log(`\nThe store is ${settings.home}`);
}

async function sampleRow(settings: Settings): Promise<Row> {
  const { readSampleMarker } = await import("../corpora/sample/sample.js");
  const { sampleFolder } = await import("../corpora/store.js");
  const folder = sampleFolder(settings);
  const clips = (await readSampleMarker(folder))?.clips ?? 0;
  return {
    name: "sample",
    state: clips > 0 ? "complete" : "absent",
    isOwn: false,
    files: clips,
    clips,
    expected: clips,
    original: 0,
    altered: clips,
    excluded: 0,
    durationSeconds: 0,
    folder,
    licence: "synthetic speech, free of any; never a result",
  };
}

/** The names of the corpora that are at least partly in the store. */
async function presentCorpora(settings: Settings): Promise<string[]> {
  const { listCorpora } = await import("../corpora/list-corpora.js");
  return (await listCorpora(settings)).filter(({ state }) => state !== "absent").map(({ name }) => name);
}

/** Reads every file of the corpora again; exit code 1 when one changed, went or never came. */
export async function verifyCorpora(names: readonly string[], { settings, log }: Workplace): Promise<void> {
  const { verifyCorpus } = await import("../corpora/verify-corpus.js");
  const wanted = names.length > 0 ? names : await presentCorpora(settings);
  if (wanted.length === 0)
    console.log("There is no corpus in the store yet: `affectlab corpora` lists them.");
  for (const name of wanted) {
    const report = await withProgress((work) => verifyCorpus(name, settings, work));
    log.info({ corpus: name, files: report.files, isSound: report.isSound }, "corpus verified");
    console.log(
      `${name}: ${report.files} files, ${report.original} original, ${report.isSound ? "sound" : "NOT sound"}`,
    );
    for (const kind of ["altered", "changed", "gone", "missing"] as const) {
      const files = report[kind];
      if (files.length > 0)
        console.log(oneLine(`  ${kind}: ${files.length}, such as ${files.slice(0, 3).join(", ")}`));
    }
    if (!report.isSound) process.exitCode = exitCodes.failure;
  }
}

/** Lays clips out by emotion below a folder and prints how many each emotion has. */
export async function viewCorpora(
  folder: string,
  names: readonly string[],
  { settings, log }: Workplace,
): Promise<void> {
  const { loadCatalogue, loadCatalogueFor } = await import("../corpora/catalogue.js");
  const { makeEmotionView } = await import("../corpora/emotion-view.js");
  const { LabError } = await import("../core/errors.js");
  const wanted = names.length > 0 ? names : await presentCorpora(settings);
  if (wanted.length === 0) {
    throw new LabError(
      "There is no corpus in the store to be viewed.",
      "Import or download one, or name the synthetic one: affectlab corpora view DIR sample.",
    );
  }
  const recordings = await loadCatalogue(
    wanted.filter((name) => name !== "sample"),
    settings,
  );
  const sample = wanted.includes("sample") ? await loadCatalogueFor({ ...settings, profile: "sample" }) : [];
  const counts = await makeEmotionView([...recordings, ...sample], folder);
  log.info({ folder, counts }, "view made");
  for (const [emotion, count] of Object.entries(counts))
    console.log(`${String(count).padStart(6)}  ${emotion}`);
}
