import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { drawSplit, folds } from "../../src/protocols/draw-split.js";
import { readSplit, splitPath, writeSplit } from "../../src/protocols/split-file.js";
import { temporaryFolder } from "../corpora/recordings.js";
import { clipOf, fullCatalogue } from "./clips.js";

describe("split.csv", () => {
  it("gives back what was written, with and without folds", async () => {
    const root = temporaryFolder();
    const clips = [...fullCatalogue(["ravdess"]), clipOf("ravdess", "01", 'odd, "name".wav')];
    const combined = drawSplit("combined", clips);
    await writeSplit([combined], root);
    expect(await readSplit("combined", root)).toEqual([combined]);
    const emobox = folds("emobox-ravdess").map((fold) => drawSplit("emobox-ravdess", clips, fold));
    await writeSplit(emobox, root);
    expect(await readSplit("emobox-ravdess", root)).toEqual(emobox);
  });

  it("has a row a clip under the header clip,part", async () => {
    const root = temporaryFolder();
    const split = {
      protocol: "evar",
      fold: null,
      train: ["b", "d"],
      validation: ["c"],
      test: ["a"],
    } as const;
    const path = await writeSplit([split], root);
    expect(readFileSync(path, "utf8")).toBe("clip,part\na,test\nb,train\nc,validation\nd,train\n");
  });

  it.each([
    ["clip,part\na,train\na,test\n", /line 3 lists a a second time/],
    ["clip,part\na,dev\n", /line 2 has the part "dev"/],
    ["clip;part\n", /its header is "clip;part"/],
    ["clip,part\na\n", /expect 2, got 1 on line 2/],
    ["", /its header is ""/],
  ])("with the content %j is refused", async (text, reason) => {
    const root = temporaryFolder();
    const path = splitPath("combined", root);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    await expect(readSplit("combined", root)).rejects.toThrow(reason);
  });

  it("is named when it is missing", async () => {
    await expect(readSplit("combined", temporaryFolder())).rejects.toThrow(/split.csv is missing/);
  });
});
