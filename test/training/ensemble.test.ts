import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { verifyPublished } from "../../src/cli/verify-published.js";
import { readJson, writeJson } from "../../src/core/files.js";
import type { Settings } from "../../src/core/settings.js";
import { readPredictions, writePredictions } from "../../src/evaluation/predictions-file.js";
import { listCandidates } from "../../src/training/ensemble/candidates.js";
import { chooseEnsemble, judgeEnsemble } from "../../src/training/ensemble/make-ensemble.js";
import { publishEnsemble, publishedEnsemble } from "../../src/training/ensemble/publish-ensemble.js";
import { listPublished } from "../../src/training/published.js";
import { memberOf } from "../evaluation/members.js";
import { commitResult } from "./committed-result.js";
import { temporarySettings } from "./toy.js";

let settings: Settings;
const skills = { whisper: 0.55, resnet: 0.5, lstm: 0.5 };
const parts = (seed: number, skill: number) => ({
  validation: memberOf(seed, skill, 120, 6),
  test: memberOf(100 + seed, skill, 150, 6),
});
const candidates = () => listCandidates("combined", null, settings);
const file = (place: string, name: string) => join(settings.root, "results", "combined", place, name);

beforeEach(async () => {
  settings = temporarySettings("full");
  for (const [i, [row, skill]] of Object.entries(skills).entries())
    await commitResult(settings, `combined/${row}/seed-0`, parts(i, skill));
});

describe("the candidates of an ensemble", () => {
  it("are the published rows that may join, with every seed; the ensemble itself is none", async () => {
    await commitResult(settings, "combined/whisper/seed-1", parts(7, 0.6));
    await commitResult(settings, "combined/ensemble/seed-0", parts(8, 0.9));
    await commitResult(settings, "combined/my-ablation/seed-0", parts(9, 0.9));
    await commitResult(settings, "evar/whisper/seed-0", parts(9, 0.9));
    const names = (await candidates()).map(({ name }) => name);
    expect(names).toEqual(["lstm/seed-0", "resnet/seed-0", "whisper/seed-0", "whisper/seed-1"]);
  });

  it("are refused when their splits or their clips' checksums differ, naming both", async () => {
    await commitResult(settings, "combined/lstm/seed-0", {
      ...parts(2, 0.5),
      validation: memberOf(2, 0.5, 119, 6),
    });
    const other = await candidates();
    expect(() => chooseEnsemble(other)).toThrow(
      /lstm\/seed-0 and resnet\/seed-0 have different splits.*\(119 clips\).*\(120\)/,
    );
    await commitResult(settings, "combined/lstm/seed-0", parts(2, 0.5), { corpora: { "crema-d": "decaf" } });
    const decoded = await candidates();
    expect(() => chooseEnsemble(decoded)).toThrow(/learnt from different clips of crema-d.*decaf.*c0ffee/);
  });

  it("are refused when two of them learnt from other clips of a corpus that the first does not have", async () => {
    for (const [row, checksum] of [
      ["resnet", "1111"],
      ["whisper", "2222"],
    ] as const) {
      const corpora = { "crema-d": "c0ffee", own: checksum };
      await commitResult(settings, `combined/${row}/seed-0`, parts(3, 0.5), { corpora });
    }
    const three = await candidates();
    expect(three[0]!.metrics.spec.corpora).toEqual({ "crema-d": "c0ffee" });
    expect(() => chooseEnsemble(three)).toThrow(
      /resnet\/seed-0 and whisper\/seed-0 learnt from different clips of own.*1111.*2222/,
    );
  });

  it("have to be two", async () => {
    const [only] = await candidates();
    expect(() => chooseEnsemble([only!])).toThrow("There is one candidate (lstm/seed-0)");
  });
});

describe("an ensemble of published rows", () => {
  it("is chosen without a look at test predictions", async () => {
    const before = chooseEnsemble(await candidates());
    for (const row of Object.keys(skills)) rmSync(file(`${row}/seed-0`, "predictions.csv"));
    const after = chooseEnsemble(await candidates());
    expect(after.ensemble).toEqual(before.ensemble);
    expect(after.methods).toEqual(before.methods);
    await expect(judgeEnsemble(after)).rejects.toThrow("predictions.csv");
  });

  it("can be averaged where one voice validates, which is too few to choose a method by", async () => {
    for (const [i, row] of Object.keys(skills).entries())
      await commitResult(settings, `combined/${row}/seed-0`, {
        ...parts(i, 0.5),
        validation: memberOf(i, 0.5, 120, 1),
      });
    const ofOneVoice = await candidates();
    expect(() => chooseEnsemble(ofOneVoice)).toThrow(/two or more/);
    const average = chooseEnsemble(ofOneVoice, "average");
    expect(average.methods).toEqual([]);
    const { metrics } = await judgeEnsemble(average);
    const ofMembers = average.ensemble.members.map(
      ({ name }) => ofOneVoice.find((one) => one.name === name)!.metrics.parameters,
    );
    expect(metrics.parameters).toBe(ofMembers.reduce((sum, parameters) => sum + parameters, 0));
  });

  it("is refused when its members judge different test clips", async () => {
    for (const [row, seed] of [
      ["resnet", 1],
      ["lstm", 2],
    ] as const)
      await commitResult(settings, `combined/${row}/seed-0`, {
        ...parts(seed, 0.5),
        test: memberOf(seed, 0.5, 149, 6),
      });
    const chosen = chooseEnsemble(await candidates(), "average");
    await expect(judgeEnsemble(chosen)).rejects.toThrow(/have different splits.*test clips/);
  });

  it("is published as every result is, with a card; verify combines it again", async () => {
    const judged = await judgeEnsemble(chooseEnsemble(await candidates()));
    const folder = await publishEnsemble(judged, settings);
    for (const name of [
      "metrics.json",
      "predictions.csv",
      "predictions-validation.csv",
      "history.csv",
      "card.json",
    ])
      expect(existsSync(join(folder, name)), name).toBe(true);
    const [ensemble] = (await listPublished(settings)).filter(({ name }) => name === "ensemble");
    expect(ensemble).toMatchObject({ place: "combined/ensemble/seed-0", protocol: "combined" });
    const card = (await readJson(join(folder, "card.json"))) as {
      members: { name: string; weight: number }[];
    };
    expect(card.members.map(({ name }) => name)).toContain("whisper/seed-0");
    const best = (await listPublished(settings)).find(({ name }) => name === "whisper")!;
    expect(ensemble!.metrics.test.all.uar.value).toBeGreaterThan(best.metrics.test.all.uar.value);
    const faultsOf = async () =>
      (await verifyPublished(settings)).find(({ place }) => place === "combined/ensemble/seed-0")!.faults;
    expect(await faultsOf()).toEqual([]);
    const predictions = await readPredictions(join(folder, "predictions.csv"));
    const [first, second] = [predictions[0]!, predictions[1]!];
    const swapped = { ...first, probabilities: second.probabilities, predicted: second.predicted };
    await writePredictions(join(folder, "predictions.csv"), [swapped, ...predictions.slice(1)]);
    expect((await faultsOf()).join()).toContain(
      "1 test predictions of combined/ensemble/seed-0 do not follow",
    );
  });

  it("is not made twice, and takes the place of another one only when told to", async () => {
    const chosen = chooseEnsemble(await candidates(), "average");
    expect(await publishedEnsemble(chosen.spec, settings, false)).toBeNull();
    await publishEnsemble(await judgeEnsemble(chosen), settings);
    expect(await publishedEnsemble(chosen.spec, settings, false)).not.toBeNull();
    const other = chooseEnsemble(await candidates(), "fitted");
    await expect(publishedEnsemble(other.spec, settings, false)).rejects.toThrow("--replace");
    expect(await publishedEnsemble(other.spec, settings, true)).toBeNull();
  });

  it("of runs that are no published ones is refused by name", async () => {
    const path = file("lstm/seed-0", "metrics.json");
    const metrics = (await readJson(path)) as { spec: object };
    await writeJson(path, { ...metrics, spec: { ...metrics.spec, profile: "quick" } });
    const judged = await judgeEnsemble(chooseEnsemble(await candidates(), "average"));
    await expect(publishEnsemble(judged, settings)).rejects.toThrow("profile quick");
  });
});
