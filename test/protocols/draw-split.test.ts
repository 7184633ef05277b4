import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clip } from "../../src/corpora/clip.js";
import { emotions } from "../../src/corpora/emotions.js";
import { drawSplit, folds } from "../../src/protocols/draw-split.js";
import { type ProtocolName, protocolNames, type Split } from "../../src/protocols/split.js";
import { anyCatalogue, clipOf, fullCatalogue } from "./clips.js";

const corporaOf = (clips: readonly Clip[]): string[] => [...new Set(clips.map((clip) => clip.corpus))];
const idsOf = (split: Split): string[] => [...split.train, ...split.validation, ...split.test];

/** Every split of every protocol on a catalogue. */
function allSplits(clips: readonly Clip[]): Split[] {
  return protocolNames.flatMap((protocol) => {
    const names = folds(protocol, corporaOf(clips));
    return (names.length > 0 ? names : [null]).map((fold) => drawSplit(protocol, clips, fold));
  });
}

const byName = (splits: readonly Split[]): Map<string, Split> =>
  new Map(splits.map((split) => [`${split.protocol}/${split.fold}`, split]));

function speakersOn(ids: readonly string[], clips: readonly Clip[]): Set<string> {
  const byId = new Map(clips.map((clip) => [clip.id, clip.speaker]));
  return new Set(ids.map((id) => byId.get(id) as string));
}

const isDisjoint = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  ![...a].some((item) => b.has(item));

describe("every protocol, on any catalogue", () => {
  it("uses no clip twice and no clip that is not there", () => {
    fc.assert(
      fc.property(anyCatalogue, (clips) => {
        const known = new Set(clips.map((clip) => clip.id));
        return allSplits(clips).every((split) => {
          const ids = idsOf(split);
          return new Set(ids).size === ids.length && ids.every((id) => known.has(id));
        });
      }),
      { numRuns: 20 },
    );
  });

  it("keeps byte-equal clips on one side", () => {
    fc.assert(
      fc.property(anyCatalogue, (clips) => {
        const checksums = new Map(clips.map((clip) => [clip.id, clip.checksum]));
        return allSplits(clips).every((split) => {
          const [train, validation, test] = [split.train, split.validation, split.test].map(
            (ids) => new Set(ids.map((id) => checksums.get(id) as string)),
          ) as [Set<string>, Set<string>, Set<string>];
          return isDisjoint(train, validation) && isDisjoint(train, test) && isDisjoint(validation, test);
        });
      }),
      { numRuns: 20 },
    );
  });

  it("does not depend on the order of the clips, nor on anything but them", () => {
    fc.assert(
      fc.property(anyCatalogue, (clips) => {
        const again = [...clips].sort((a, b) => (a.id < b.id ? 1 : -1));
        expect(byName(allSplits(again))).toEqual(byName(allSplits(clips)));
      }),
      { numRuns: 10 },
    );
  });

  it("shares no speaker between training and test, or validation and test, where it promises", () => {
    fc.assert(
      fc.property(anyCatalogue, (clips) =>
        allSplits(clips)
          .filter((split) => split.protocol !== "combined")
          .every((split) => {
            const [train, validation, test] = [split.train, split.validation, split.test].map((ids) =>
              speakersOn(ids, clips),
            ) as [Set<string>, Set<string>, Set<string>];
            // TESS has two voices: its validation clips are OAF's, who trains.
            const trainAndValidate = [...train].filter((speaker) => validation.has(speaker));
            return (
              isDisjoint(train, test) &&
              isDisjoint(validation, test) &&
              trainAndValidate.every((speaker) => speaker === "tess/OAF" || speaker === "tess/YAF")
            );
          }),
      ),
      { numRuns: 20 },
    );
  });
});

describe("combined", () => {
  it("divides every emotion of every corpus 60/20/20, to the nearest clip", () => {
    const clips = fullCatalogue(["ravdess", "crema-d", "tess", "mine"]);
    const split = drawSplit("combined", clips);
    expect(idsOf(split).length).toBe(clips.length);
    const byId = new Map(clips.map((clip) => [clip.id, clip]));
    for (const corpus of corporaOf(clips)) {
      for (const emotion of emotions) {
        const share = (ids: readonly string[]): number =>
          ids.filter((id) => byId.get(id)?.corpus === corpus && byId.get(id)?.emotion === emotion).length;
        const all = share(idsOf(split));
        expect(Math.abs(share(split.train) - 0.6 * all)).toBeLessThanOrEqual(0.5);
        expect(Math.abs(share(split.validation) - 0.2 * all)).toBeLessThanOrEqual(1);
        expect(Math.abs(share(split.test) - 0.2 * all)).toBeLessThanOrEqual(0.5);
      }
    }
  });

  it("divides a corpus the same way whichever others are there", () => {
    const both = drawSplit("combined", fullCatalogue(["ravdess", "tess"]));
    const alone = drawSplit("combined", fullCatalogue(["tess"]));
    expect(both.test.filter((id) => id.startsWith("tess/"))).toEqual(alone.test);
  });
});

describe("speaker-independent", () => {
  const clips = fullCatalogue(["ravdess", "crema-d", "tess"]);
  const split = drawSplit("speaker-independent", clips);
  const speakers = (ids: readonly string[], corpus: string): string[] =>
    [...speakersOn(ids, clips)].filter((speaker) => speaker.startsWith(corpus)).sort();

  it("has RAVDESS' actors 1-14, 15-18 and 19-24", () => {
    const names = (from: number, to: number): string[] =>
      Array.from({ length: to - from + 1 }, (_, i) => `ravdess/${String(from + i).padStart(2, "0")}`);
    expect(speakers(split.train, "ravdess")).toEqual(names(1, 14));
    expect(speakers(split.validation, "ravdess")).toEqual(names(15, 18));
    expect(speakers(split.test, "ravdess")).toEqual(names(19, 24));
  });

  it("has CREMA-D as evar has it: 63, 9 and 19 actors", () => {
    const evar = drawSplit("evar", clips);
    expect(speakers(split.train, "crema-d")).toEqual([...speakersOn(evar.train, clips)].sort());
    expect(speakers(split.train, "crema-d").length).toBe(63);
    expect(speakers(split.validation, "crema-d").length).toBe(9);
    expect(speakers(split.test, "crema-d").length).toBe(19);
    expect(speakers(split.test, "crema-d")).toContain("crema-d/1083");
    expect(speakers(split.validation, "crema-d")).toContain("crema-d/1082");
  });

  it("trains on OAF, a tenth of her clips for validation, and tests on YAF", () => {
    const many = Array.from({ length: 160 }, (_, i) =>
      clipOf("tess", i % 2 === 0 ? "OAF" : "YAF", `${i}.wav`, { emotion: i % 4 < 2 ? "happy" : "sad" }),
    );
    const { train, validation, test } = drawSplit("speaker-independent", many);
    expect([train.length, validation.length, test.length]).toEqual([72, 8, 80]);
    expect([...speakersOn([...train, ...validation], many)]).toEqual(["tess/OAF"]);
    expect([...speakersOn(test, many)]).toEqual(["tess/YAF"]);
  });

  it("divides one's own speakers, needs two of them, and says so", () => {
    const own = drawSplit("speaker-independent", fullCatalogue(["mine"]));
    const parts = [own.train, own.validation, own.test].map(
      (ids) => speakersOn(ids, fullCatalogue(["mine"])).size,
    );
    expect(parts).toEqual([2, 1, 1]);
    const alone = [clipOf("mine", "a", "1.wav"), clipOf("mine", "a", "2.wav")];
    expect(() => drawSplit("speaker-independent", alone)).toThrow(/one speaker \(mine\/a\).*combined/);
  });
});

describe("emobox-ravdess", () => {
  const clips = fullCatalogue(["ravdess", "tess"]);
  const splits = folds("emobox-ravdess").map((fold) => drawSplit("emobox-ravdess", clips, fold));

  it("tests every actor once in six folds of four and validates on the next fold's", () => {
    const tests = splits.map((split) => [...speakersOn(split.test, clips)].sort());
    expect(tests.flat().sort()).toEqual([...new Set(tests.flat())].sort());
    expect(tests.map((list) => list.length)).toEqual([4, 4, 4, 4, 4, 4]);
    splits.forEach((split, index) => {
      expect([...speakersOn(split.validation, clips)].sort()).toEqual(tests[(index + 1) % 6]);
      expect(split.fold).toBe(String(index + 1));
    });
    expect(tests[0]).toEqual(["ravdess/01", "ravdess/11", "ravdess/20", "ravdess/21"]);
  });

  it("uses RAVDESS alone, and trains on other corpora only when told to", () => {
    expect(splits.every((split) => idsOf(split).every((id) => id.startsWith("ravdess/")))).toBe(true);
    const more = drawSplit("emobox-ravdess", clips, "1", { alsoTrainOn: ["tess"] });
    expect(more.train.filter((id) => id.startsWith("tess/")).length).toBe(32);
    expect([more.validation, more.test]).toEqual([splits[0]?.validation, splits[0]?.test]);
    expect(() => drawSplit("combined", clips, null, { alsoTrainOn: ["tess"] })).toThrow(/has no place there/);
  });
});

describe("leave-one-corpus-out", () => {
  const clips = fullCatalogue(["ravdess", "crema-d", "tess"]);

  it("tests on all of the held-out corpus and validates as speaker-independent does on the others", () => {
    const reference = drawSplit("speaker-independent", clips);
    for (const heldOut of folds("leave-one-corpus-out")) {
      const split = drawSplit("leave-one-corpus-out", clips, heldOut);
      expect(split.test).toEqual(clips.flatMap((clip) => (clip.corpus === heldOut ? [clip.id] : [])).sort());
      expect(split.validation).toEqual(reference.validation.filter((id) => !id.startsWith(`${heldOut}/`)));
      expect(idsOf(split).length).toBe(clips.length);
    }
  });

  it("holds out one's own corpus, too, and lets a single own voice train", () => {
    const own = [...clips, clipOf("solo", "me", "1.wav")];
    expect(drawSplit("leave-one-corpus-out", own, "solo").test).toEqual(["solo/1.wav"]);
    expect(drawSplit("leave-one-corpus-out", own, "tess").train).toContain("solo/1.wav");
  });
});

describe("what makes no sense", () => {
  const clips = fullCatalogue(["ravdess", "crema-d", "tess"]);
  it.each<[ProtocolName, string | null, RegExp]>([
    ["emobox-ravdess", null, /needs a fold. Its folds are 1, 2, 3, 4, 5, 6/],
    ["emobox-ravdess", "7", /has no fold "7"/],
    ["combined", "1", /has no fold "1".*leave the fold out/],
    ["leave-one-corpus-out", "savee", /Its folds are ravdess, crema-d, tess/],
  ])("%s with fold %s is refused", (protocol, fold, reason) => {
    expect(() => drawSplit(protocol, clips, fold)).toThrow(reason);
  });

  it("a part without clips is refused by name", () => {
    const few = clips.filter((clip) => clip.speaker === "crema-d/1001");
    expect(() => drawSplit("evar", few)).toThrow(/evar leaves the train part empty/);
  });
});
