import { describe, expect, it } from "vitest";
import { InterruptedError } from "../../src/core/errors.js";
import { architectures } from "../../src/models/registry.js";
import { commandFor, type Row, rowNamed, rows } from "../../src/training/rows.js";
import { nameOf, type PlannedRun, planRuns, trainRows } from "../../src/training/train-rows.js";
import { toyNetwork } from "./toy.js";
import { settingsWithTones } from "./toy-corpus.js";

const resnet = rowNamed("resnet")!;
const small: Row = { ...resnet, options: toyNetwork };
const impossible: Row = { ...resnet, name: "impossible", options: { wheels: 4 } };
const planned = (row: Row, seed = 0): PlannedRun => ({ row, protocol: "evar", fold: null, seed });

describe("the rows of the comparison", () => {
  it("are named once each, and every architecture has one", () => {
    const names = rows.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name } of architectures) expect(names).toContain(name);
  });

  it("tell the command that makes them", () => {
    expect(commandFor(rowNamed("whisper-tiny.en")!, "combined")).toBe(
      "affectlab train whisper-tiny.en --protocol combined --profile full",
    );
    const smaller: Row = { ...rowNamed("whisper")!, options: { size: "tiny.en", tunedBlocks: 2 } };
    expect(commandFor(smaller, "combined")).toBe(
      "affectlab train whisper --protocol combined --profile full --set options.size=tiny.en --set options.tunedBlocks=2",
    );
    expect(commandFor(rowNamed("ensemble")!, "evar")).toBe("affectlab ensemble --protocol evar");
  });
});

describe("planRuns", () => {
  it("has the most important row first, and more seeds after seed 0 of every row", () => {
    const plan = planRuns("speaker-independent");
    expect(plan[0]).toMatchObject({ row: { name: "whisper" }, seed: 0 });
    const seeds = plan.map(({ seed }) => seed);
    expect(seeds).toEqual([...seeds].sort((a, b) => a - b));
    expect(plan.filter(({ seed }) => seed > 0).map(nameOf)).toEqual([
      "whisper seed 1",
      "resnet seed 1",
      "whisper-tiny.en seed 1",
      "whisper seed 2",
      "resnet seed 2",
      "whisper-tiny.en seed 2",
    ]);
    const trained = rows.filter(
      ({ kind, protocols }) => kind !== "ensemble" && protocols.includes("combined"),
    );
    const onCombined = planRuns("combined");
    expect(onCombined.map(nameOf)).toEqual([
      ...trained.map(({ name }) => name),
      "whisper-tiny.en seed 1",
      "whisper-tiny.en seed 2",
    ]);
  });

  it("has a run for each fold, and keeps the rows that are named", () => {
    const plan = planRuns("emobox-ravdess", undefined, ["resnet"]);
    expect(plan.map(nameOf)).toEqual([1, 2, 3, 4, 5, 6].map((fold) => `resnet fold ${fold}`));
    expect(() => planRuns("combined", undefined, ["resnett"])).toThrow('There is no row "resnett"');
  });
});

describe("trainRows", () => {
  it("goes on after a run that fails, names it, and loads what is finished", async () => {
    const settings = await settingsWithTones("quick");
    const told: string[] = [];
    const tasks = new Set<string>();
    const train = (plan: PlannedRun[]) =>
      trainRows(plan, {
        settings,
        onRun: (one, number, total) => void told.push(`${nameOf(one)} ${number}/${total}`),
        onProgress: ({ task }) => void tasks.add(task),
      });
    const [failed, trained] = await train([planned(impossible), planned(small)]);
    expect(failed).toMatchObject({ state: "failed", problem: expect.stringContaining('no option "wheels"') });
    expect(trained).toMatchObject({ state: "trained", run: { spec: { model: "resnet", seed: 0 } } });
    expect(told).toEqual(["impossible 1/2", "resnet 2/2"]);
    expect([...tasks]).toContain("run 2 of 2, resnet: epoch 2 of 2");
    const [again] = await train([planned(small)]);
    expect(again).toMatchObject({
      state: "was finished",
      run: { hash: (trained as { run: { hash: string } }).run.hash },
    });
  }, 120_000);

  it("is ended by a stop, not counted as a failure", async () => {
    const settings = await settingsWithTones("quick");
    const stop = { requested: true, request() {}, release() {} };
    await expect(trainRows([planned(small)], { settings, stop })).rejects.toBeInstanceOf(InterruptedError);
  }, 120_000);
});
