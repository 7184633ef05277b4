import type { Command } from "commander";
import { Argument } from "commander";
import { oneLine } from "../core/shown-text.js";
import type { ImportReport } from "../corpora/import-corpus.js";
import { exitCodes } from "./exit-codes.js";
import { openWorkplace } from "./global-options.js";
import { withProgress } from "./long-command.js";

/** The commands that bring recordings into the store: download, import, add, make. */
export function addCorporaFilling(corpora: Command): void {
  corpora
    .command("download")
    .description("Download a corpus from its publisher; goes on where it was cut off, checks every file.")
    .argument("<name>", "ravdess, crema-d or tess")
    .addHelpText("after", "\nExamples:\n  affectlab corpora download crema-d")
    .action(async (name: string, _flags: unknown, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const { downloadCorpus } = await import("../corpora/download-corpus.js");
      log.info({ corpus: name }, "download starts");
      const report = await withProgress((work) => downloadCorpus(name, settings, work));
      log.info({ corpus: name, files: report.files }, "download ended");
      tellImport(report);
    });
  corpora
    .command("import")
    .description("Take corpora from a folder on this disk, in any nesting, recognised by their file names.")
    .argument("[name]", "ravdess, crema-d, tess or all", "all")
    .requiredOption("--from <dir>", "the folder")
    .addHelpText(
      "after",
      "\nExamples:\n  affectlab corpora import --from ~/speech\n  affectlab corpora import tess --from ~/TESS",
    )
    .action(async (name: string, { from }: { from: string }, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const { importCorpus } = await import("../corpora/import-corpus.js");
      log.info({ corpus: name, from }, "import starts");
      const reports = await withProgress((work) => importCorpus(name, from, settings, work));
      log.info({ corpora: reports.map(({ corpus }) => corpus) }, "import ended");
      reports.forEach(tellImport);
    });
  corpora
    .command("add")
    .description(
      "Add one's own recordings: labels.csv has the columns file, emotion, speaker and any further ones.",
    )
    .argument("<name>", "what the corpus is called from now on")
    .requiredOption("--from <dir>", "the folder of the recordings")
    .requiredOption("--labels <file>", "the CSV file")
    .addHelpText(
      "after",
      "\nExamples:\n  affectlab corpora add my-recordings --from takes --labels takes/labels.csv",
    )
    .action(async (name: string, flags: { from: string; labels: string }, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const { addOwnCorpus } = await import("../corpora/own-corpus.js");
      const clips = await withProgress((work) =>
        addOwnCorpus(name, flags.from, flags.labels, settings, work),
      );
      log.info({ corpus: name, clips: clips.length }, "own recordings added");
      const speakers = new Set(clips.map((clip) => clip.speaker)).size;
      const emotions = new Set(clips.map((clip) => clip.emotion)).size;
      console.log(`${name}: ${clips.length} clips, ${speakers} speakers, ${emotions} emotions.`);
      console.log(
        `Train on them: affectlab train resnet --protocol combined --corpora ${name} --profile full`,
      );
    });
  corpora
    .command("make")
    .description(
      "Make the sample: synthetic speech in the layouts of the published corpora, in about two minutes.",
    )
    .addArgument(new Argument("<what>", "what is made").choices(["sample"]))
    .option("--force", "make it again")
    .addHelpText("after", "\nExamples:\n  affectlab corpora make sample")
    .action(async (_what: string, { force }: { force?: true }, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const { readSampleMarker, synthesiseSample } = await import("../corpora/sample/sample.js");
      const { sampleFolder } = await import("../corpora/store.js");
      const folder = sampleFolder(settings);
      log.info({ folder }, "sample starts");
      await withProgress(({ listener, stop }) =>
        synthesiseSample(folder, { onProgress: listener, stop, force: force === true }),
      );
      const marker = await readSampleMarker(folder);
      log.info({ folder, clips: marker?.clips }, "sample made");
      console.log(`sample: ${marker?.clips} clips of synthetic speech in ${folder}`);
    });
}

/** Prints what an import found; files that were refused make the exit code 1. */
function tellImport({ corpus, files, original, altered, refused, missing }: ImportReport): void {
  const others =
    altered === 0 ? "" : `, ${altered} not (another form of them: nothing learnt from it is published)`;
  console.log(`${corpus}: ${files} files in the store, ${original} the publisher's own${others}.`);
  if (missing.length > 0)
    console.log(oneLine(`  missing: ${missing.length}, such as ${missing.slice(0, 3).join(", ")}`));
  for (const { file, reason } of refused) {
    process.stderr.write(`${oneLine(reason.includes(file) ? reason : `${file}: ${reason}`)}\n`);
    process.exitCode = exitCodes.failure;
  }
}
