import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { publishedChecksums } from "../../src/corpora/checksums.js";
import { type CorpusDefinition, defectOf } from "../../src/corpora/corpus.js";
import { cremaD } from "../../src/corpora/crema-d.js";
import { emotions } from "../../src/corpora/emotions.js";
import { ravdess } from "../../src/corpora/ravdess.js";
import { corpora, corpusNamed } from "../../src/corpora/registry.js";
import { tess } from "../../src/corpora/tess.js";

const namesOf = (corpus: CorpusDefinition): string[] => [...publishedChecksums(corpus.name).keys()];
const count = <T>(values: readonly T[], wanted: T): number =>
  values.filter((value) => value === wanted).length;

describe("RAVDESS file names", () => {
  it("tell emotion, intensity, sentence, actor and sex", () => {
    expect(ravdess.parse("03-01-06-02-02-01-12.wav")).toEqual({
      speaker: "12",
      emotion: "fearful",
      sentence: "Dogs are sitting by the door",
      intensity: "strong",
      sex: "female",
      age: null,
    });
    expect(ravdess.parse("03-01-02-01-01-02-07.wav")).toMatchObject({ emotion: "calm", sex: "male" });
  });

  it.each([
    ["03-01-09-01-01-01-01.wav", /"09" is not a known emotion/],
    ["03-01-03-03-01-01-01.wav", /"03" is not a known intensity/],
    ["03-01-03-01-03-01-01.wav", /"03" is not a known statement/],
    ["03-01-03-01-01-03-01.wav", /"03" is not a known repetition/],
    ["03-01-03-01-01-01-25.wav", /no actor 25/],
    ["03-01-03-01-01-01-00.wav", /no actor 00/],
    ["03-01-01-02-01-01-01.wav", /neutral speech has no strong intensity/],
    ["03-02-03-01-01-01-01.wav", /not audio-only speech/],
    ["01-01-03-01-01-01-01.wav", /not audio-only speech/],
    ["03-01-03-01-01-01.wav", /not a file name of the form/],
  ])("%s is refused", (name, reason) => {
    expect(() => ravdess.parse(name)).toThrow(reason);
    expect(() => ravdess.parse(name)).toThrow(LabError);
  });
});

describe("CREMA-D file names", () => {
  it("tell actor, sentence, emotion and intensity; sex and age come from the table of actors", () => {
    expect(cremaD.parse("1034_IEO_ANG_HI.wav")).toEqual({
      speaker: "1034",
      emotion: "angry",
      sentence: "It's eleven o'clock",
      intensity: "high",
      sex: "male",
      age: 74,
    });
    expect(cremaD.parse("1001_DFA_NEU_XX.wav").intensity).toBe("unspecified");
  });

  it.each([
    ["1092_DFA_ANG_XX.wav", /"1092" is not a known actor/],
    ["1001_ABC_ANG_XX.wav", /"ABC" is not a known sentence/],
    ["1001_DFA_SUR_XX.wav", /"SUR" is not a known emotion/],
    ["1001_DFA_ANG_X.wav", /"X" is not a known intensity/],
    ["1001-DFA-ANG-XX.wav", /not a file name of the form/],
  ])("%s is refused", (name, reason) => {
    expect(() => cremaD.parse(name)).toThrow(reason);
    expect(() => cremaD.parse(name)).toThrow(LabError);
  });
});

describe("TESS file names", () => {
  it("tell speaker, word and emotion", () => {
    expect(tess.parse("YAF_youth_ps.wav")).toEqual({
      speaker: "YAF",
      emotion: "surprised",
      sentence: "Say the word youth",
      intensity: "unspecified",
      sex: "female",
      age: 26,
    });
  });

  it("are corrected where the speaker is misspelt, in its name and in its place", () => {
    expect(tess.parse("OA_bite_neutral.wav")).toMatchObject({ speaker: "OAF", age: 64 });
    expect(tess.place("OA_bite_neutral.wav")).toBe("OAF_neutral/OA_bite_neutral.wav");
    expect(defectOf(tess, "OA_bite_neutral.wav")?.treatment).toBe("corrected");
  });

  it.each([
    ["OAF_back_calm.wav", /"calm" is not a known emotion/],
    ["MAF_back_sad.wav", /not a file name of the form/],
  ])("%s is refused", (name, reason) => {
    expect(() => tess.parse(name)).toThrow(reason);
  });
});

describe("the published corpora", () => {
  it("have the publishers' numbers of files, speakers and emotions", () => {
    const facts = corpora.map((corpus) => namesOf(corpus).map((name) => corpus.parse(name)));
    expect(facts.map((list) => list.length)).toEqual([1440, 7442, 2800]);
    expect(corpora.map((corpus) => corpus.fileCount)).toEqual([1440, 7442, 2800]);
    expect(facts.map((list) => new Set(list.map((fact) => fact.speaker)).size)).toEqual([24, 91, 2]);
    const labels = facts.flat().map((fact) => fact.emotion);
    expect(emotions.map((emotion) => count(labels, emotion))).toEqual([
      1583, 192, 1863, 1863, 1863, 1863, 1863, 592,
    ]);
  });

  it("have 12 women in RAVDESS, 43 in CREMA-D (VideoDemographics.csv) and 2 in TESS", () => {
    const women = corpora.map((corpus) => {
      const facts = namesOf(corpus).map((name) => corpus.parse(name));
      return new Set(facts.filter((fact) => fact.sex === "female").map((fact) => fact.speaker)).size;
    });
    expect(women).toEqual([12, 43, 2]);
  });

  it("place every file in a folder of their own layout, each path once", () => {
    for (const corpus of corpora) {
      const places = namesOf(corpus).map((name) => corpus.place(name));
      expect(new Set(places).size).toBe(corpus.fileCount);
      expect(places.every((place) => /^[\w]+\/[^/]+\.wav$/.test(place))).toBe(true);
    }
    expect(ravdess.place("03-01-01-01-01-01-09.wav")).toBe("Actor_09/03-01-01-01-01-01-09.wav");
  });

  it("name only defects of files that they have, each with a reason", () => {
    for (const corpus of corpora) {
      for (const defect of corpus.defects) {
        expect(publishedChecksums(corpus.name).has(defect.file), defect.file).toBe(true);
        expect(defect.reason.length).toBeGreaterThan(10);
      }
      expect(new Set(corpus.defects.map((defect) => defect.file)).size).toBe(corpus.defects.length);
    }
  });

  it("exclude every byte-equal file that contradicts another, and all but one of those that agree", () => {
    for (const corpus of corpora) {
      const kept = namesOf(corpus).filter((name) => defectOf(corpus, name)?.treatment !== "excluded");
      const sums = kept.map((name) => publishedChecksums(corpus.name).get(name));
      expect(new Set(sums).size, corpus.name).toBe(kept.length);
    }
    for (const pair of ["1017_IWW_ANG/FEA", "1006_TIE_HAP/NEU", "1013_WSI_DIS/SAD"]) {
      const [stem, other] = pair.split("/") as [string, string];
      const files = [`${stem}_XX.wav`, `${stem.slice(0, -3)}${other}_XX.wav`];
      const sums = files.map((file) => publishedChecksums("crema-d").get(file));
      expect(sums[0]).toBe(sums[1]);
      expect(files.map((file) => defectOf(cremaD, file)?.treatment)).toEqual(["excluded", "excluded"]);
    }
    expect(defectOf(cremaD, "1076_MTI_SAD_XX.wav")?.treatment).toBe("excluded");
  });

  it("read any file name or refuse it with a LabError", () => {
    const code = fc.stringMatching(/^[0-9A-Z_a-z-]{0,24}\.wav$/);
    const anyName = fc.oneof(
      fc.string(),
      code,
      fc.constantFrom(...corpora.flatMap((c) => namesOf(c).slice(0, 9))),
    );
    fc.assert(
      fc.property(fc.constantFrom(...corpora), anyName, (corpus, name) => {
        const isKnown = corpus.recognises(name);
        try {
          const facts = corpus.parse(name);
          return isKnown && emotions.includes(facts.emotion) && facts.speaker !== "";
        } catch (error) {
          return error instanceof LabError;
        }
      }),
      { numRuns: 500 },
    );
  });

  it("are found by name, and an unknown name tells the known ones", () => {
    expect(corpusNamed("tess")).toBe(tess);
    expect(() => corpusNamed("savee")).toThrow(/no corpus "savee".*ravdess, crema-d, tess/);
  });
});
