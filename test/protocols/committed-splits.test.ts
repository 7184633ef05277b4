import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { publishedChecksums } from "../../src/corpora/checksums.js";
import type { Clip } from "../../src/corpora/clip.js";
import { defectOf } from "../../src/corpora/corpus.js";
import { publishedClip } from "../../src/corpora/published-clip.js";
import { corpora } from "../../src/corpora/registry.js";
import { drawSplit } from "../../src/protocols/draw-split.js";
import { protocolNames, type Split } from "../../src/protocols/split.js";
import { readSplit, splitPath } from "../../src/protocols/split-file.js";
import { splitFor } from "../../src/protocols/split-for.js";
import { settingsWithResults } from "../corpora/recordings.js";

/** The catalogue of the originals, as their checksum lists tell it: no recording is needed. */
const originals: Clip[] = corpora.flatMap((corpus) =>
  [...publishedChecksums(corpus.name)].flatMap(([file, sha256]) => {
    const entry = { file, sha256, bytes: 0, modifiedMs: 0, durationSeconds: 1, source: "original" } as const;
    return publishedClip(corpus, "/nowhere", entry) ?? [];
  }),
);
const speakerOf = new Map(originals.map((clip) => [clip.id, clip.speaker]));
const speakersOn = (ids: readonly string[]): Set<string> =>
  new Set(ids.map((id) => speakerOf.get(id) as string));
const sizes = (split: Split, prefix = ""): number[] =>
  [split.train, split.validation, split.test].map((ids) => ids.filter((id) => id.startsWith(prefix)).length);

describe("the committed splits", () => {
  it("are what the protocols draw on the originals, byte for byte of every list", async () => {
    for (const protocol of protocolNames) {
      for (const split of await readSplit(protocol, packageRoot)) {
        expect(drawSplit(protocol, originals, split.fold), `${protocol} ${split.fold}`).toEqual(split);
      }
    }
  });

  it("have the header that is promised", () => {
    const headers = protocolNames.map(
      (name) => readFileSync(splitPath(name, packageRoot), "utf8").split("\n")[0],
    );
    expect(headers).toEqual(["clip,part", "clip,part", "clip,part", "fold,clip,part", "fold,clip,part"]);
  });

  it("hold 11,672 clips: 11,680 files without the eight that are excluded", async () => {
    expect(originals.length).toBe(11_672);
    const [combined] = (await readSplit("combined", packageRoot)) as [Split];
    expect(sizes(combined)).toEqual([7002, 2338, 2332]);
    expect([...combined.train, ...combined.validation, ...combined.test].sort()).toEqual(
      originals.map((clip) => clip.id).sort(),
    );
    const excluded = corpora.flatMap((corpus) =>
      corpus.defects.filter((defect) => defect.treatment === "excluded").map((defect) => defect.file),
    );
    const optional = corpora.flatMap((corpus) => corpus.optionalFiles);
    expect(excluded.length - optional.length).toBe(8);
    for (const corpus of corpora) {
      for (const file of corpus.optionalFiles) expect(defectOf(corpus, file)?.treatment).toBe("excluded");
    }
  });

  it("have the sizes that the documentation quotes", async () => {
    const [independent] = (await readSplit("speaker-independent", packageRoot)) as [Split];
    expect(sizes(independent)).toEqual([7251, 1112, 3309]);
    expect(sizes(independent, "crema-d/")).toEqual([5153, 732, 1550]);
    expect(sizes(independent, "ravdess/")).toEqual([839, 240, 360]);
    expect(sizes(independent, "tess/")).toEqual([1259, 140, 1399]);
    const [evar] = (await readSplit("evar", packageRoot)) as [Split];
    expect(sizes(evar)).toEqual([5153, 732, 1550]);
    const emobox = await readSplit("emobox-ravdess", packageRoot);
    expect(emobox.map((split) => split.test.length)).toEqual([240, 240, 240, 239, 240, 240]);
    const held = await readSplit("leave-one-corpus-out", packageRoot);
    expect(held.map((split) => [split.fold, ...sizes(split)])).toEqual([
      ["ravdess", 9361, 872, 1439],
      ["crema-d", 3857, 380, 7435],
      ["tess", 7902, 972, 2798],
    ]);
  });

  it("share no speaker between training and test where that is promised", async () => {
    for (const protocol of protocolNames.filter((name) => name !== "combined")) {
      for (const split of await readSplit(protocol, packageRoot)) {
        const test = speakersOn(split.test);
        const learnt = speakersOn([...split.train, ...split.validation]);
        expect([...test].filter((speaker) => learnt.has(speaker))).toEqual([]);
      }
    }
  });
});

describe("the split of a run", () => {
  const settings = settingsWithResults();

  it("is the committed one, of the clips that are at hand", async () => {
    const some = originals.filter((_, index) => index % 3 === 0);
    const split = await splitFor("combined", null, some, settings);
    const [committed] = (await readSplit("combined", packageRoot)) as [Split];
    const ids = new Set(some.map((clip) => clip.id));
    expect(split.train).toEqual(committed.train.filter((id) => ids.has(id)));
    expect(split.test).toEqual(committed.test.filter((id) => ids.has(id)));
  });

  it("does not depend on the copies' checksums", async () => {
    const copies = originals.map((clip) => ({ ...clip, checksum: `copy of ${clip.id}` }));
    expect(await splitFor("emobox-ravdess", "4", copies, settings)).toEqual(
      (await readSplit("emobox-ravdess", packageRoot))[3],
    );
  });

  it("refuses a clip that the committed file does not list", async () => {
    const [first] = originals as [Clip];
    const stranger = { ...first, id: "ravdess/03-01-05-01-01-01-99.wav" };
    await expect(splitFor("combined", null, [...originals, stranger], settings)).rejects.toThrow(
      /combined.split.csv does not list 1 of the clips at hand, such as ravdess\/03-01-05-01-01-01-99.wav/,
    );
  });

  it("draws one's own recordings by the same rule beside the committed clips", async () => {
    const [example] = originals as [Clip];
    const own = ["a", "b", "c", "d", "e"].flatMap((speaker) =>
      Array.from({ length: 10 }, (_, i) => ({
        ...example,
        corpus: "mine",
        id: `mine/${speaker}${i}.wav`,
        checksum: `${speaker}${i}`,
        speaker: `mine/${speaker}`,
      })),
    );
    const mixed = await splitFor("combined", null, [...originals, ...own], settings);
    expect(sizes(mixed, "mine/")).toEqual([30, 10, 10]);
    expect(sizes(mixed, "crema-d/")).toEqual([4461, 1487, 1487]);
    const independent = await splitFor("speaker-independent", null, own, settings);
    expect(sizes(independent)).toEqual([30, 10, 10]);
    expect(sizes(await splitFor("evar", null, [...originals, ...own], settings), "mine/")).toEqual([0, 0, 0]);
    const more = await splitFor("evar", null, [...originals, ...own], settings, { alsoTrainOn: ["mine"] });
    expect(sizes(more, "mine/")).toEqual([50, 0, 0]);
    const held = await splitFor("leave-one-corpus-out", "mine", [...originals, ...own], settings);
    expect(sizes(held, "mine/")).toEqual([0, 0, 50]);
    expect(held.validation.length).toBe(732 + 240 + 140);
  });

  it("is drawn afresh on synthetic speech", async () => {
    const some = originals.filter((clip) => clip.corpus !== "tess").slice(0, 3000);
    const sample = await splitFor("combined", null, some, { ...settings, profile: "sample" });
    expect(sample).toEqual(drawSplit("combined", some));
  });
});
