import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCatalogue } from "../../src/corpora/catalogue.js";
import { makeEmotionView } from "../../src/corpora/emotion-view.js";
import { emotions } from "../../src/corpora/emotions.js";
import { importCorpus } from "../../src/corpora/import-corpus.js";
import { temporaryFolder, temporarySettings, writeTone } from "./recordings.js";

describe("the view by emotion", () => {
  it("has eight folders with links to the recordings, and can be made again", async () => {
    const settings = temporarySettings();
    const source = temporaryFolder();
    writeTone(source, "1001_DFA_ANG_XX.wav", 200);
    writeTone(source, "03-01-05-01-01-01-02.wav", 210);
    writeTone(source, "YAF_back_ps.wav", 220);
    await importCorpus("all", source, settings);
    const clips = await loadCatalogue(["ravdess", "crema-d", "tess"], settings);
    const view = join(temporaryFolder(), "by-emotion");
    const counts = await makeEmotionView(clips, view);
    expect(counts).toMatchObject({ angry: 2, surprised: 1, neutral: 0 });
    expect(await makeEmotionView(clips, view)).toEqual(counts);
    expect(readdirSync(view).sort()).toEqual([...emotions].sort());
    const angry = join(view, "angry");
    expect(readdirSync(angry).sort()).toEqual([
      "crema-d_1001_DFA_ANG_XX.wav",
      "ravdess_03-01-05-01-01-01-02.wav",
    ]);
    expect(readlinkSync(join(angry, "crema-d_1001_DFA_ANG_XX.wav"))).toBe(clips[0]?.path);
    expect(readFileSync(join(view, "surprised/tess_YAF_back_ps.wav")).length).toBeGreaterThan(44);
  });

  it("never mixes with other files", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "letter.txt"), "");
    await expect(makeEmotionView([], folder)).rejects.toThrow(/is not empty: it holds letter.txt/);
  });
});
