import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { readPredictions, writePredictions } from "../../src/evaluation/predictions-file.js";
import { goldenPath, goldenRun } from "./goldens.js";

const header =
  "clip,corpus,speaker,emotion,predicted,p_neutral,p_calm,p_happy,p_sad,p_angry,p_fearful,p_disgust,p_surprised";
const row = "tess/a.wav,tess,tess/OAF,sad,happy,0.1,0,0.7,0.2,0,0,0,0";

describe("predictions.csv", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "predictions-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("is read and written back byte for byte", async () => {
    const path = join(folder, "again.csv");
    await writePredictions(path, await goldenRun("first"));
    expect(await readFile(path, "utf8")).toBe(await readFile(goldenPath("first"), "utf8"));
  });

  it("quotes what needs quotes", async () => {
    const [first] = await goldenRun("first");
    const path = join(folder, "quoted.csv");
    const odd = { ...first!, clip: 'own/he said "no", loudly.wav', corpus: "own", speaker: "own/a, b" };
    await writePredictions(path, [odd]);
    expect(await readPredictions(path)).toEqual([odd]);
  });

  it("keeps a decision the largest when rounding makes a tie", async () => {
    const [first] = await goldenRun("first");
    const path = join(folder, "tie.csv");
    const tied = {
      ...first!,
      predicted: "happy" as const,
      probabilities: [0.4999999, 0, 0.5000001, 0, 0, 0, 0, 0],
    };
    await writePredictions(path, [tied]);
    expect((await readPredictions(path))[0]!.predicted).toBe("happy");
  });

  it.each([
    ["another header", header.replace("p_calm", "p_bored"), row, /its header is "[^"]*p_bored/],
    ["a missing field", header, row.slice(0, -2), /expect 13, got 12 on line 3/],
    ["a surplus field", header, `${row},0`, /expect 13, got 14 on line 3/],
    ["a label that is no emotion", header, row.replace("sad", "bored"), /line 3: emotion "bored"/],
    ["a decision that is no emotion", header, row.replace("happy", "glad"), /line 3: predicted "glad"/],
    [
      "a sum that is not 1",
      header,
      row.replace("0.7", "0.7002"),
      /line 3: the probabilities sum to 1\.000200/,
    ],
    ["a negative probability", header, row.replace("0.7,0.2", "1.0,-0.1"), /line 3: -0.1 is no probability/],
    ["an empty probability", header, row.replace("0.1,0,", "0.1,,"), /line 3: NaN is no probability/],
    [
      "a decision that is not the argmax",
      header,
      row.replace("sad,happy", "sad,sad"),
      /line 3: predicted is sad/,
    ],
    ["a clip of another corpus", header, row.replace("tess/a", "ravdess/a"), /line 3: clip "ravdess/],
    [
      "a clip that comes twice",
      header,
      row.replace("a.wav", "first.wav"),
      /line 3: tess\/first\.wav comes twice/,
    ],
  ])("refuses %s, naming the line", async (_, head, line, message) => {
    const path = join(folder, "wrong.csv");
    await writeFile(path, `${head}\n${row.replace("a.wav", "first.wav")}\n${line}\n`);
    const error = await readPredictions(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LabError);
    expect((error as LabError).message).toMatch(message);
    expect((error as LabError).message).toContain(path);
  });

  it("refuses an absent and an empty file", async () => {
    await expect(readPredictions(join(folder, "none.csv"))).rejects.toThrow(/There is no file/);
    await writeFile(join(folder, "empty.csv"), "");
    await expect(readPredictions(join(folder, "empty.csv"))).rejects.toThrow(/its header is ""/);
  });

  it("writes nothing when a prediction is not valid", async () => {
    const [first] = await goldenRun("first");
    const path = join(folder, "unwritten.csv");
    await expect(
      writePredictions(path, [{ ...first!, probabilities: new Array(8).fill(Number.NaN) }]),
    ).rejects.toThrow(/crema-d\/0000\.wav: NaN/);
    await expect(writePredictions(path, [first!, first!])).rejects.toThrow(/twice/);
    expect(await readdir(folder)).not.toContain("unwritten.csv");
  });
});
