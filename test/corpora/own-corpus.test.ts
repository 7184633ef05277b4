import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { encodeWav } from "../../src/audio/encode-wav.js";
import type { Settings } from "../../src/core/settings.js";
import { loadCatalogue, loadCatalogueFor } from "../../src/corpora/catalogue.js";
import { areOriginal } from "../../src/corpora/checksums.js";
import { listCorpora } from "../../src/corpora/list-corpora.js";
import { addOwnCorpus } from "../../src/corpora/own-corpus.js";
import { parseOwnLabels } from "../../src/corpora/own-labels.js";
import { corpusFolder } from "../../src/corpora/store.js";
import { temporaryFolder, temporarySettings, writeTone } from "./recordings.js";

let settings: Settings;
let source: string;
const labelled = (text: string): string => {
  const path = join(source, "labels.csv");
  writeFileSync(path, text);
  return path;
};

beforeEach(() => {
  settings = temporarySettings();
  source = temporaryFolder();
});

describe("one's own recordings", () => {
  it("become a corpus by their labels, usable beside the published ones in every profile", async () => {
    writeTone(source, "anna/1.wav", 200);
    writeTone(source, "ben/1.wav", 210, 0.5);
    const labels = labelled(
      "speaker,file,emotion,sex,age,room\nanna,anna/1.wav,happy,f,31,kitchen\nben,ben\\1.wav,Calm,,,hall\n",
    );
    const clips = await addOwnCorpus("mine", source, labels, settings);
    expect(clips.map(({ path, checksum, ...clip }) => clip)).toEqual([
      {
        id: "mine/anna/1.wav",
        corpus: "mine",
        speaker: "mine/anna",
        emotion: "happy",
        sentence: "",
        intensity: "unspecified",
        sex: "female",
        age: 31,
        duration: 0.25,
        defect: null,
      },
      {
        id: "mine/ben/1.wav",
        corpus: "mine",
        speaker: "mine/ben",
        emotion: "calm",
        sentence: "",
        intensity: "unspecified",
        sex: "unknown",
        age: null,
        duration: 0.5,
        defect: null,
      },
    ]);
    expect(await loadCatalogue(["mine"], settings)).toEqual(clips);
    expect(await loadCatalogueFor({ ...settings, profile: "sample" }, ["mine"])).toEqual(clips);
    expect(areOriginal(clips)).toBe(true);
    expect((await listCorpora(settings)).at(-1)).toMatchObject({ name: "mine", isOwn: true, files: 2 });
  });

  it("can be added again with fewer recordings: the others leave the store", async () => {
    writeTone(source, "1.wav", 200);
    writeTone(source, "2.wav", 210);
    await addOwnCorpus(
      "mine",
      source,
      labelled("file,emotion,speaker\n1.wav,sad,a\n2.wav,sad,a\n"),
      settings,
    );
    const clips = await addOwnCorpus(
      "mine",
      source,
      labelled("file,emotion,speaker\n2.wav,angry,a\n"),
      settings,
    );
    expect(clips.map((clip) => [clip.id, clip.emotion])).toEqual([["mine/2.wav", "angry"]]);
    expect(existsSync(join(corpusFolder("mine", settings), "recordings/1.wav"))).toBe(false);
    expect(existsSync(join(source, "1.wav"))).toBe(true);
  });

  it("are all looked at before anything is added: every faulty row is named", async () => {
    writeTone(source, "1.wav", 200);
    writeFileSync(join(source, "silent.wav"), encodeWav(new Float32Array(8000), 16_000));
    const labels = labelled("file,emotion,speaker\n1.wav,sad,a\nmissing.wav,sad,a\nsilent.wav,sad,a\n");
    const adding = addOwnCorpus("mine", source, labels, settings);
    await expect(adding).rejects.toThrow(/row 3: there is no file .*missing.wav; row 4: .*silent.wav/);
    expect(existsSync(corpusFolder("mine", settings))).toBe(false);
  });

  it.each(["ravdess", "sample", "My Voices", "../up", ""])('cannot be called "%s"', async (name) => {
    await expect(addOwnCorpus(name, source, labelled("file,emotion,speaker\n"), settings)).rejects.toThrow(
      /is the name of a corpus|cannot name a corpus/,
    );
  });
});

describe("labels.csv", () => {
  it.each([
    ["file,speaker\na.wav,x\n", /no column emotion/],
    ["", /no column file, emotion, speaker/],
    ["file,emotion,speaker\n", /lists no recording/],
    ["file,emotion,speaker\na.wav,joyful,x\n", /row 2: "joyful" is not an emotion \(neutral, calm/],
    ["file,emotion,speaker\na.wav,sad,\n", /row 2: the speaker is missing/],
    ["file,emotion,speaker\n,sad,x\n", /row 2: the file is missing/],
    ["file,emotion,speaker\na.wav,sad,x\na.wav,sad,x\n", /row 3: a.wav already stands in row 2/],
    ["file,emotion,speaker\n../a.wav,sad,x\n", /row 2: ..\/a.wav does not lie in the folder/],
    ["file,emotion,speaker\n/etc/a.wav,sad,x\n", /row 2: \/etc\/a.wav does not lie in the folder/],
    ["file,emotion,speaker\nC:\\a.wav,sad,x\n", /does not lie in the folder/],
    ["file,emotion,speaker\na.wav,sad\n", /row 2: 2 cells where the header has 3/],
    ["file,emotion,speaker,age\na.wav,sad,x,old\n", /row 2: "old" is not an age/],
    ["file,emotion,speaker,sex\na.wav,sad,x,yes\n", /row 2: sex "yes"/],
    ['file,emotion,speaker\n"a.wav,sad,x\n', /cannot be read as CSV/],
  ])("with %j is refused", (text, reason) => {
    expect(() => parseOwnLabels(text, "labels.csv")).toThrow(reason);
  });

  it("names the first ten faulty rows and counts the rest", () => {
    const rows = Array.from({ length: 14 }, (_, i) => `${i}.wav,bored,x`).join("\n");
    expect(() => parseOwnLabels(`file,emotion,speaker\n${rows}\n`, "labels.csv")).toThrow(
      /row 2: .*row 11: .*; and 4 more/,
    );
  });

  it("is refused when it lists more than a quarter of a million recordings, before all rows are read", () => {
    const rows = "a,\n".repeat(3_000_000);
    const before = process.cpuUsage();
    expect(() => parseOwnLabels(`file,emotion,speaker\n${rows}`, "labels.csv")).toThrow(
      "labels.csv lists more than 250000 recordings",
    );
    // Reading all of them took over a minute.
    expect(process.cpuUsage(before).user).toBeLessThan(40e6);
  }, 120_000);

  it.each([
    ["a header without line ends", `file,emoti n,${" ea".repeat(3_000_000)}`],
    ["a header of millions of columns", `file,emotion,speaker${",sex".repeat(2_500_000)}`],
    ["a row of millions of cells", `file,emotion,speaker\na.wav${",".repeat(9_000_000)}`],
  ])("is refused in a moment for %s", (_, text) => {
    const before = process.cpuUsage();
    expect(() => parseOwnLabels(text, "labels.csv")).toThrow("labels.csv cannot be read as CSV");
    expect(process.cpuUsage(before).user).toBeLessThan(3e6);
  });

  it("may come from a spreadsheet: byte order mark, capitals and spaces", () => {
    const [label] = parseOwnLabels("\ufeffFile, Emotion ,SPEAKER\r\n a.wav , Happy , x \r\n", "labels.csv");
    expect(label).toMatchObject({ file: "a.wav", emotion: "happy", speaker: "x", row: 2 });
  });
});
