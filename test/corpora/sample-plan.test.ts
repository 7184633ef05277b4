import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { cremaD } from "../../src/corpora/crema-d.js";
import { emotions } from "../../src/corpora/emotions.js";
import { ravdess } from "../../src/corpora/ravdess.js";
import { planSample } from "../../src/corpora/sample/plan.js";
import { sampleSpeakers } from "../../src/corpora/sample/speakers.js";
import { tess } from "../../src/corpora/tess.js";

const plan = planSample();
const parsers = { ravdess, "crema-d": cremaD, tess };

describe("the sample's plan", () => {
  it("has several hundred clips, each under a name of its own", () => {
    expect(plan.length).toBeGreaterThan(500);
    expect(new Set(plan.map((clip) => clip.file)).size).toBe(plan.length);
  });

  it("uses names that the corpora's own parsers read as the same speaker and emotion", () => {
    for (const clip of plan) {
      const parsed = parsers[clip.speaker.corpus].parse(basename(clip.file));
      expect([parsed.speaker, parsed.emotion]).toEqual([clip.speaker.name, clip.emotion]);
      expect(clip.text.toLowerCase()).toContain(parsed.sentence.toLowerCase());
    }
  });

  it("lays the files out as the corpora do", () => {
    const folders = new Set(plan.map((clip) => clip.file.split("/").slice(0, -1).join("/")));
    for (const folder of ["ravdess/Actor_01", "crema-d/AudioWAV", "tess/OAF_angry", "tess/YAF_ps"]) {
      expect(folders).toContain(folder);
    }
  });

  it("has voices in every part of the speaker-independent protocol", () => {
    const names = sampleSpeakers.map((speaker) => speaker.name);
    const parts = [["01"], ["15"], ["19"], ["1002"], ["1009"], ["1001"], ["OAF"], ["YAF"]];
    for (const part of parts) expect(names).toEqual(expect.arrayContaining(part));
  });

  it("has all eight emotions from RAVDESS's voices, in nearly equal numbers", () => {
    const counts = emotions.map(
      (emotion) =>
        plan.filter((clip) => clip.speaker.corpus === "ravdess" && clip.emotion === emotion).length,
    );
    expect(counts).toEqual([12, 24, 24, 24, 24, 24, 24, 24]);
  });
});
