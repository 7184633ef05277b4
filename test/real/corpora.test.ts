/** Needs the original recordings of the three corpora in the store; the test script runs it where they are. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolveSettings } from "../../src/core/settings.js";
import { loadCatalogue } from "../../src/corpora/catalogue.js";
import { areOriginal } from "../../src/corpora/checksums.js";
import { downloadCorpus } from "../../src/corpora/download-corpus.js";
import { corpusNames } from "../../src/corpora/registry.js";
import type { CorpusSource } from "../../src/corpora/sources.js";
import { corpusFolder } from "../../src/corpora/store.js";
import { verifyCorpus } from "../../src/corpora/verify-corpus.js";
import { protocolNames } from "../../src/protocols/split.js";
import { readSplit } from "../../src/protocols/split-file.js";
import { splitFor } from "../../src/protocols/split-for.js";
import { serveFiles } from "../corpora/file-server.js";
import { temporarySettings } from "../corpora/recordings.js";

const settings = { ...resolveSettings(), profile: "full" as const };

describe("the original recordings", () => {
  it("are 11,672 clips, the publishers' own, read within seconds", async () => {
    const clips = await loadCatalogue(corpusNames, settings);
    expect(clips.length).toBe(11_672);
    expect(areOriginal(clips)).toBe(true);
    expect(clips.every((clip) => clip.duration > 0.5 && clip.duration < 10)).toBe(true);
    // Processor time: other work on the machine does not count.
    const before = process.cpuUsage();
    await loadCatalogue(corpusNames, settings);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(3);
  });

  it("carry the nine corrections that are known", async () => {
    const clips = await loadCatalogue(corpusNames, settings);
    expect(clips.filter((clip) => clip.defect !== null).length).toBe(9);
  });

  it("are whole: every file's SHA-256 is the publisher's, TESS with 2,798 files", async () => {
    const report = await verifyCorpus("tess", settings);
    expect(report).toMatchObject({ original: report.files, altered: [], missing: [], isSound: true });
    expect(report.files).toBeGreaterThanOrEqual(2798);
  });

  it("are divided by the committed files", async () => {
    const clips = await loadCatalogue(corpusNames, settings);
    for (const protocol of protocolNames) {
      for (const split of await readSplit(protocol, settings.root)) {
        expect(await splitFor(protocol, split.fold, clips, settings)).toEqual(split);
      }
    }
  });

  it("come through a download as the publisher's own, and are not fetched twice", async () => {
    const files = ["OAF_back_sad.wav", "YAF_germ_angry.wav"];
    const folder = corpusFolder("tess", settings);
    const bytes = files.map((file) => readFileSync(join(folder, placeOf(file), file)));
    const listing = files.map((filename, id) => ({ dataFile: { id, filename } }));
    const server = await serveFiles({
      "/api/datasets/:persistentId/?persistentId=doi:10/X": Buffer.from(
        JSON.stringify({ data: { latestVersion: { files: listing } } }),
      ),
      "/api/access/datafile/0": bytes[0] as Buffer,
      "/api/access/datafile/1": bytes[1] as Buffer,
    });
    server.behaviour.cutAfter = 20_000;
    server.behaviour.cuts = 1;
    try {
      const target = temporarySettings();
      const source: CorpusSource = {
        title: "",
        url: server.url,
        doi: "",
        licence: "",
        files: 2,
        checksums: "",
        download: { kind: "dataverse", url: server.url, dataset: "doi:10/X" },
        tables: [],
      };
      const options = { source, firstPauseMs: 5, connections: 1 };
      expect(await downloadCorpus("tess", target, options)).toMatchObject({
        files: 2,
        original: 2,
        altered: 0,
      });
      const before = server.behaviour.requests.length;
      await downloadCorpus("tess", target, options).catch((error: Error) => error);
      expect(server.behaviour.requests.length).toBe(before + 1);
    } finally {
      await server.close();
    }
  });
});

function placeOf(file: string): string {
  const [speaker, , emotion] = file.replace(".wav", "").split("_");
  return `${speaker}_${emotion}`;
}
