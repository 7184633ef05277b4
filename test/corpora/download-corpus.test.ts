import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { loadCatalogue } from "../../src/corpora/catalogue.js";
import { checksumList } from "../../src/corpora/checksums.js";
import { listDataverseFiles } from "../../src/corpora/dataverse.js";
import { downloadCorpus } from "../../src/corpora/download-corpus.js";
import { writeManifest } from "../../src/corpora/manifest.js";
import { corpora } from "../../src/corpora/registry.js";
import { type CorpusSource, type DownloadSource, readSources } from "../../src/corpora/sources.js";
import { corpusFolder } from "../../src/corpora/store.js";
import { serveFiles } from "./file-server.js";
import { temporarySettings, tone } from "./recordings.js";
import { zipBytes } from "./zip-bytes.js";

let server: Awaited<ReturnType<typeof serveFiles>>;
afterEach(() => server?.close());
const quick = { firstPauseMs: 5, retries: 1 };
const sourceAt = (download: DownloadSource, tables: readonly string[] = []): CorpusSource => ({
  title: "a mirror",
  url: download.url,
  doi: "",
  licence: "",
  files: 1,
  checksums: "",
  download,
  tables,
});

describe("downloading a corpus", () => {
  it("unpacks an archive that came in two pieces and imports it", async () => {
    const settings = temporarySettings();
    const archive = zipBytes([
      { name: "Actor_03/03-01-05-01-01-01-03.wav", data: tone(200) },
      { name: "Actor_04/03-01-05-01-01-01-04.wav", data: tone(210) },
    ]);
    server = await serveFiles({ "/files/Speech.zip": archive });
    server.behaviour.cutAfter = 500;
    server.behaviour.cuts = 1;
    const source = sourceAt({ kind: "zip", url: `${server.url}/files/Speech.zip` });
    const report = await downloadCorpus("ravdess", settings, { ...quick, source });
    expect(server.behaviour.requests.map((request) => request.range)).toEqual([undefined, "bytes=500-"]);
    // Tones are no recordings of the publisher's: they arrive, and are known for what they are.
    expect(report).toMatchObject({ files: 2, original: 0, altered: 2 });
    expect((await loadCatalogue(["ravdess"], settings)).length).toBe(2);
    expect(existsSync(join(settings.home, "downloads/ravdess"))).toBe(false);
  });

  it("refuses a hostile archive and does not keep it", async () => {
    const settings = temporarySettings();
    const archive = zipBytes([{ name: "../../03-01-05-01-01-01-03.wav", data: tone(200) }]);
    server = await serveFiles({ "/Speech.zip": archive });
    const source = sourceAt({ kind: "zip", url: `${server.url}/Speech.zip` });
    await expect(downloadCorpus("ravdess", settings, { ...quick, source })).rejects.toThrow(/is refused/);
    expect(existsSync(join(settings.home, "downloads/ravdess/Speech.zip"))).toBe(false);
    expect(existsSync(corpusFolder("ravdess", settings))).toBe(false);
  });

  it("takes no single file that is not the publisher's", async () => {
    const settings = temporarySettings();
    const listing = {
      data: { latestVersion: { files: [{ dataFile: { id: 7, filename: "YAF_back_sad.wav" } }] } },
    };
    server = await serveFiles({
      "/api/datasets/:persistentId/?persistentId=doi:10/X": Buffer.from(JSON.stringify(listing)),
      "/api/access/datafile/7": tone(200),
    });
    expect(await listDataverseFiles(server.url, "doi:10/X")).toEqual([
      { fileName: "YAF_back_sad.wav", url: `${server.url}/api/access/datafile/7` },
    ]);
    const source = sourceAt({ kind: "dataverse", url: server.url, dataset: "doi:10/X" });
    await expect(downloadCorpus("tess", settings, { ...quick, source })).rejects.toThrow(
      /1 of 1 files of tess did not arrive.*not the publisher's file/,
    );
    expect(existsSync(corpusFolder("tess", settings))).toBe(false);
  });

  it("fetches nothing that a list names outside of the folder", async () => {
    const settings = temporarySettings();
    const names = [
      "../../YAF_back_sad.wav",
      "/tmp/YAF_back_sad.wav",
      "YAF_back_sad.wav/../../YAF_back_sad.wav",
    ];
    const files = names.map((filename, id) => ({ dataFile: { id, filename } }));
    server = await serveFiles({
      "/api/datasets/:persistentId/?persistentId=doi:10/X": Buffer.from(
        JSON.stringify({ data: { latestVersion: { files } } }),
      ),
      ...Object.fromEntries(names.map((_, id) => [`/api/access/datafile/${id}`, tone(200)])),
    });
    const source = sourceAt({ kind: "dataverse", url: server.url, dataset: "doi:10/X" });
    await expect(downloadCorpus("tess", settings, { ...quick, source })).rejects.toThrow(
      /holds no file of tess/,
    );
    expect(server.behaviour.requests.length).toBe(1);
  });

  it("of which the store has everything already fetches nothing and tells what is there", async () => {
    const settings = temporarySettings();
    const file = "YAF_sad/YAF_back_sad.wav";
    const entry = { file, sha256: "0".repeat(64), bytes: 1, modifiedMs: 1, durationSeconds: 1 };
    await writeManifest(corpusFolder("tess", settings), [{ ...entry, source: "original" }]);
    const listing = {
      data: { latestVersion: { files: [{ dataFile: { id: 7, filename: "YAF_back_sad.wav" } }] } },
    };
    server = await serveFiles({
      "/api/datasets/:persistentId/?persistentId=doi:10/X": Buffer.from(JSON.stringify(listing)),
    });
    const source = sourceAt({ kind: "dataverse", url: server.url, dataset: "doi:10/X" });
    const report = await downloadCorpus("tess", settings, { ...quick, source });
    expect(report).toMatchObject({ files: 1, original: 1, refused: [] });
    expect(server.behaviour.requests.length).toBe(1);
    expect(existsSync(join(settings.home, "downloads/tess"))).toBe(false);
  });

  it("says so when the publisher's list cannot be had", async () => {
    server = await serveFiles({});
    await expect(listDataverseFiles(server.url, "doi:10/X")).rejects.toThrow(/the server answers 404/);
  });
});

describe("data/sources.json", () => {
  it("tells of every corpus what its definition tells", async () => {
    const sources = await readSources();
    expect(Object.keys(sources)).toEqual(corpora.map((corpus) => corpus.name));
    for (const corpus of corpora) {
      const source = sources[corpus.name] as CorpusSource;
      expect(source.files).toBe(corpus.fileCount);
      expect(source.url).toBe(corpus.url);
      expect(join(packageRoot, "data", source.checksums)).toBe(checksumList(corpus.name));
      const lines = readFileSync(checksumList(corpus.name), "utf8").trimEnd().split("\n");
      expect(lines.length).toBe(corpus.fileCount);
      expect(source.tables.map((url) => url.split("/").at(-1)).sort()).toEqual(
        [...corpus.metadataFiles].sort(),
      );
    }
  });
});
