import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Settings } from "../../src/core/settings.js";
import { loadCatalogue, loadCatalogueFor } from "../../src/corpora/catalogue.js";
import { alteredClips, areOriginal, dataChecksum, dataChecksums } from "../../src/corpora/checksums.js";
import { importCorpus } from "../../src/corpora/import-corpus.js";
import { listCorpora } from "../../src/corpora/list-corpora.js";
import { corpusFolder, sampleFolder } from "../../src/corpora/store.js";
import { verifyCorpus } from "../../src/corpora/verify-corpus.js";
import { temporaryFolder, temporarySettings, tone, writeTone } from "./recordings.js";

let settings: Settings;
let source: string;

beforeEach(() => {
  settings = temporarySettings();
  source = temporaryFolder();
});

describe("importing a folder", () => {
  it("finds recordings of all corpora in any nesting by their names and leaves others alone", async () => {
    writeTone(source, "a/b/c/03-01-05-01-01-01-02.wav", 200);
    writeTone(source, "x/1001_DFA_ANG_XX.wav", 210);
    writeTone(source, "x/y/YAF_back_sad.WAV", 220);
    writeTone(source, "x/holiday.wav", 230);
    const reports = await importCorpus("all", source, settings);
    expect(reports.map((r) => [r.corpus, r.files, r.original, r.altered, r.refused.length])).toEqual([
      ["ravdess", 1, 0, 1, 0],
      ["crema-d", 1, 0, 1, 0],
      ["tess", 1, 0, 1, 0],
    ]);
    expect(reports[0]?.missing.length).toBe(1439);
    expect(reports[2]?.missing.length).toBe(2797);
    const clips = await loadCatalogue(["tess", "ravdess", "crema-d"], settings);
    expect(clips.map((clip) => clip.id)).toEqual([
      "crema-d/1001_DFA_ANG_XX.wav",
      "ravdess/03-01-05-01-01-01-02.wav",
      "tess/YAF_back_sad.wav",
    ]);
    expect(clips[1]).toMatchObject({
      speaker: "ravdess/02",
      emotion: "angry",
      sex: "female",
      duration: 0.25,
      defect: null,
    });
    expect(clips[1]?.path).toBe(join(settings.home, "corpora/ravdess/Actor_02/03-01-05-01-01-01-02.wav"));
  });

  it("links files of the same disk and never changes them", async () => {
    const path = writeTone(source, "1001_DFA_ANG_XX.wav", 200);
    const before = readFileSync(path);
    await importCorpus("crema-d", source, settings);
    const stored = join(corpusFolder("crema-d", settings), "AudioWAV/1001_DFA_ANG_XX.wav");
    expect(statSync(stored).ino).toBe(statSync(path).ino);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("can be repeated, also from the store itself, and takes what is new", async () => {
    writeTone(source, "1001_DFA_ANG_XX.wav", 200);
    await importCorpus("crema-d", source, settings);
    writeTone(source, "1002_DFA_ANG_XX.wav", 205);
    await importCorpus("crema-d", source, settings);
    const [report] = await importCorpus("crema-d", corpusFolder("crema-d", settings), settings);
    expect(report?.files).toBe(2);
    expect((await loadCatalogue(["crema-d"], settings)).length).toBe(2);
  });

  it("refuses names with unknown codes and files without sound, and says so", async () => {
    writeTone(source, "1001_DFA_ANG_XX.wav", 200);
    writeTone(source, "1001_DFA_XYZ_XX.wav", 200);
    writeFileSync(join(source, "1002_DFA_ANG_XX.wav"), "no sound at all");
    const [report] = await importCorpus("crema-d", source, settings);
    expect(report?.files).toBe(1);
    expect(report?.refused.map((r) => basename(r.file))).toEqual([
      "1001_DFA_XYZ_XX.wav",
      "1002_DFA_ANG_XX.wav",
    ]);
    expect(report?.refused[0]?.reason).toContain("XYZ");
  });

  it("keeps CREMA-D's tables beside the recordings", async () => {
    writeTone(source, "AudioWAV/1001_DFA_ANG_XX.wav", 200);
    writeFileSync(join(source, "summaryTable.csv"), "votes");
    await importCorpus("crema-d", source, settings);
    expect(readFileSync(join(corpusFolder("crema-d", settings), "summaryTable.csv"), "utf8")).toBe("votes");
  });

  it("ends with a message when the folder holds nothing of the corpus, or is none", async () => {
    writeTone(source, "1001_DFA_ANG_XX.wav", 200);
    await expect(importCorpus("tess", source, settings)).rejects.toThrow(/holds no file of tess/);
    await expect(importCorpus("tess", join(source, "no"), settings)).rejects.toThrow(/does not exist/);
  });

  it("stops when asked and goes on where it was", async () => {
    writeTone(source, "1001_DFA_ANG_XX.wav", 200);
    writeTone(source, "1002_DFA_ANG_XX.wav", 205);
    const stop = { requested: false, request: () => undefined, release: () => undefined };
    const listener = () => {
      stop.requested = true;
    };
    await expect(importCorpus("crema-d", source, settings, { listener, stop })).rejects.toThrow(
      /interrupted/,
    );
    expect((await loadCatalogue(["crema-d"], settings)).length).toBe(1);
    await importCorpus("crema-d", source, settings);
    expect((await loadCatalogue(["crema-d"], settings)).length).toBe(2);
  });
});

describe("the catalogue", () => {
  it("leaves excluded files out and tells what is corrected", async () => {
    writeTone(source, "1076_MTI_SAD_XX.wav", 200);
    writeTone(source, "1017_IWW_ANG_XX.wav", 205);
    writeTone(source, "1017_IWW_FEA_XX.wav", 205);
    writeTone(source, "1001_DFA_ANG_XX.wav", 210);
    writeTone(source, "OA_bite_neutral.wav", 215);
    await importCorpus("all", source, settings);
    const clips = await loadCatalogue(["crema-d", "tess"], settings);
    expect(clips.map((clip) => [clip.id, clip.defect])).toEqual([
      ["crema-d/1001_DFA_ANG_XX.wav", null],
      ["tess/OA_bite_neutral.wav", "corrected: name misspelt: the speaker is OAF"],
    ]);
    const [, crema, tess] = await listCorpora(settings);
    expect([crema?.files, crema?.excluded, tess?.excluded]).toEqual([4, 3, 0]);
  });

  it("says what to do when a corpus is absent", async () => {
    await expect(loadCatalogue(["tess"], settings)).rejects.toThrow(
      /tess is not in the store.*affectlab corpora import tess/,
    );
    await expect(loadCatalogue(["mine"], settings)).rejects.toThrow(/no corpus "mine".*corpora add mine/);
  });

  it("does not mind a file that was touched, but one that changed or went", async () => {
    writeTone(source, "1001_DFA_ANG_XX.wav", 200);
    writeTone(source, "1002_DFA_ANG_XX.wav", 205);
    await importCorpus("crema-d", source, settings);
    const stored = join(corpusFolder("crema-d", settings), "AudioWAV/1001_DFA_ANG_XX.wav");
    utimesSync(stored, 1, 1);
    expect((await loadCatalogue(["crema-d"], settings)).length).toBe(2);
    writeFileSync(stored, tone(400));
    await expect(loadCatalogue(["crema-d"], settings)).rejects.toThrow(/1001_DFA_ANG_XX.wav has changed/);
    expect(await verifyCorpus("crema-d", settings)).toMatchObject({
      changed: ["AudioWAV/1001_DFA_ANG_XX.wav"],
      gone: [],
      isSound: false,
    });
    rmSync(stored);
    await expect(loadCatalogue(["crema-d"], settings)).rejects.toThrow(/1001_DFA_ANG_XX.wav is gone/);
    expect((await verifyCorpus("crema-d", settings)).gone).toEqual(["AudioWAV/1001_DFA_ANG_XX.wav"]);
  });

  it("names a damaged manifest and the line", async () => {
    writeTone(source, "1001_DFA_ANG_XX.wav", 200);
    await importCorpus("crema-d", source, settings);
    const path = join(corpusFolder("crema-d", settings), "manifest.csv");
    writeFileSync(path, readFileSync(path, "utf8").replace("altered", "unheard of"));
    await expect(loadCatalogue(["crema-d"], settings)).rejects.toThrow(/manifest.csv.*line 2.*unheard of/);
  });

  it("takes synthetic speech in the sample profile, without the published files' defects", async () => {
    const sample = { ...settings, profile: "sample" as const };
    await expect(loadCatalogueFor(sample, ["crema-d"])).rejects.toThrow(
      /sample speech of crema-d is not there/,
    );
    const folder = sampleFolder(settings, "crema-d");
    writeTone(folder, "AudioWAV/1076_MTI_SAD_XX.wav", 300);
    const first = await loadCatalogueFor(sample, ["crema-d"]);
    expect(first.map((clip) => clip.id)).toEqual(["crema-d/1076_MTI_SAD_XX.wav"]);
    expect(first[0]?.path.startsWith(folder)).toBe(true);
    writeTone(folder, "AudioWAV/1076_MTI_SAD_XX.wav", 310, 0.5);
    const second = await loadCatalogueFor(sample, ["crema-d"]);
    expect(second[0]?.checksum).not.toBe(first[0]?.checksum);
    expect(second[0]?.duration).toBe(0.5);
    expect(dataChecksum(second)).not.toBe(dataChecksum(first));
    renameSync(join(folder, "AudioWAV/1076_MTI_SAD_XX.wav"), join(folder, "AudioWAV/1001_MTI_SAD_XX.wav"));
    const third = await loadCatalogueFor(sample, ["crema-d"]);
    expect(third.map((clip) => clip.id)).toEqual(["crema-d/1001_MTI_SAD_XX.wav"]);
  });
});

describe("checksums of data", () => {
  it("tell copies from the publishers' files", async () => {
    writeTone(source, "1001_DFA_ANG_XX.wav", 200);
    await importCorpus("crema-d", source, settings);
    const clips = await loadCatalogue(["crema-d"], settings);
    expect(areOriginal(clips)).toBe(false);
    expect(alteredClips(clips).map((clip) => clip.id)).toEqual(["crema-d/1001_DFA_ANG_XX.wav"]);
    // The published SHA-256 of this very file, as CREMA-D's Git LFS pointer has it.
    const checksum = "c6f94b2592487c7556bd86df7df6e8f4420d1b9c11414aeec9d8e5e640b51495";
    expect(areOriginal(clips.map((clip) => ({ ...clip, checksum })))).toBe(true);
    expect((await verifyCorpus("crema-d", settings)).altered).toEqual(["AudioWAV/1001_DFA_ANG_XX.wav"]);
  });

  it("do not depend on the clips' order, and do on their bytes", async () => {
    writeTone(source, "1001_DFA_ANG_XX.wav", 200);
    writeTone(source, "YAF_back_sad.wav", 205);
    await importCorpus("all", source, settings);
    const clips = await loadCatalogue(["crema-d", "tess"], settings);
    expect(dataChecksum([...clips].reverse())).toBe(dataChecksum(clips));
    expect(Object.keys(dataChecksums(clips))).toEqual(["crema-d", "tess"]);
    expect(dataChecksums(clips).tess).toBe(dataChecksum(clips.slice(1)));
    const other = clips.map((clip, i) => (i === 0 ? { ...clip, checksum: "0".repeat(64) } : clip));
    expect(dataChecksum(other)).not.toBe(dataChecksum(clips));
  });
});
