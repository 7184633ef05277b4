/** On the recordings of CREMA-D, the publisher's or decoded copies: what the test script has at hand. */
import { beforeAll, describe, expect, it } from "vitest";
import { decodeFile } from "../../src/audio/decode-file.js";
import { loadCatalogue } from "../../src/corpora/catalogue.js";
import { type ImportReport, importCorpus } from "../../src/corpora/import-corpus.js";
import { verifyCorpus } from "../../src/corpora/verify-corpus.js";
import { evarPart } from "../../src/protocols/evar.js";
import { readSplit } from "../../src/protocols/split-file.js";
import { splitFor } from "../../src/protocols/split-for.js";
import { cremaFolder, settingsForRecordings } from "./recordings.js";

const settings = settingsForRecordings();
let report: ImportReport;
beforeAll(async () => {
  report = (await importCorpus("crema-d", cremaFolder(), settings))[0]!;
}, 300_000);

describe("CREMA-D", () => {
  it("is imported whole: 7,442 files, none refused, none missing", () => {
    expect(report).toMatchObject({ files: 7442, refused: [], missing: [] });
    expect(report.original + report.altered).toBe(7442);
  });

  it("is 7,435 clips of 91 voices and six emotions, without the seven files that are no use", async () => {
    const clips = await loadCatalogue(["crema-d"], settings);
    expect(clips.length).toBe(7435);
    expect(new Set(clips.map((clip) => clip.speaker)).size).toBe(91);
    expect(new Set(clips.map((clip) => clip.emotion)).size).toBe(6);
    expect(clips.every((clip) => clip.duration > 0.5 && clip.duration < 10)).toBe(true);
    expect(clips.every((clip) => clip.sex !== "unknown" && clip.age! >= 20 && clip.age! <= 74)).toBe(true);
    // Processor time: other work on the machine does not count.
    const before = process.cpuUsage();
    await loadCatalogue(["crema-d"], settings);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(3);
  });

  it("is verified: no file changed since its import, each the publisher's or known not to be", async () => {
    const verified = await verifyCorpus("crema-d", settings);
    expect(verified).toMatchObject({ files: 7442, original: report.original, missing: [] });
    expect(verified.altered.length).toBe(report.altered);
  });

  it.each(["combined", "speaker-independent", "evar"] as const)(
    "is divided by the committed %s",
    async (protocol) => {
      const clips = await loadCatalogue(["crema-d"], settings);
      const [committed] = await readSplit(protocol, settings.root);
      const ours = (ids: readonly string[]) => ids.filter((id) => id.startsWith("crema-d/"));
      const split = await splitFor(protocol, null, clips, settings);
      for (const part of ["train", "validation", "test"] as const)
        expect(split[part]).toEqual(ours(committed![part]));
      if (protocol === "combined") return;
      for (const clip of clips) expect(split[evarPart(clip.speaker)]).toContain(clip.id);
    },
  );

  it("is sound at 16 kHz that is as long as the catalogue says", async () => {
    const clips = await loadCatalogue(["crema-d"], settings);
    for (const clip of clips.filter((_, i) => i % 500 === 0)) {
      const { samples } = await decodeFile(clip.path);
      expect(samples.length / 16_000).toBeCloseTo(clip.duration, 2);
      expect(samples.some((sample) => Math.abs(sample) > 0.005)).toBe(true);
    }
  });
});
