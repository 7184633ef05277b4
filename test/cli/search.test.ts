import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import type { RunSpec } from "../../src/training/run-spec.js";
import { affectlab, type Checkout, makeCheckout, writeTakes } from "./checkout.js";

interface Found {
  readonly study: string;
  readonly trials: readonly { number: number; state: string; score: number | null; run: string }[];
  readonly best: { number: number; run: string } | null;
  readonly command: string | null;
}

const search = ["search", "resnet", "--protocol", "combined", "--corpora", "mine", "--profile", "sample"];
// Batch size and units of the head are searched; the rest is made tiny.
const tiny = [
  "options.channels=[4,8]",
  "options.blocks=[1,2]",
  "features.bands=24",
  "training.frames=32",
].flatMap((change) => ["--set", change]);

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

describe("affectlab search", () => {
  let checkout: Checkout;
  const run = (...args: string[]) => affectlab(checkout, args);
  const study = (trials: number, epochs: number, ...more: string[]) => [
    ...search,
    ...tiny,
    ...["--trials", String(trials), "--epochs", String(epochs), "--json", ...more],
  ];

  /** Trials of so many epochs that have ended an epoch at least. */
  const checkpoints = (epochs: number): number => {
    const runs = join(checkout.home, "runs");
    return readdirSync(runs).filter((run) => {
      if (!existsSync(join(runs, run, "last.safetensors"))) return false;
      const spec = JSON.parse(readFileSync(join(runs, run, "spec.json"), "utf8")) as RunSpec;
      return spec.training.epochs === epochs;
    }).length;
  };

  beforeAll(async () => {
    checkout = makeCheckout();
    cpSync(join(packageRoot, "scripts", "python"), join(checkout.root, "scripts", "python"), {
      recursive: true,
    });
    symlinkSync(join(packageRoot, ".venv"), join(checkout.root, ".venv"), "dir");
    const takes = writeTakes(checkout);
    await run("corpora", "add", "mine", "--from", takes, "--labels", join(takes, "labels.csv"));
  });

  it("prints the trials, the best of them, and the command that looks at the test clips", async () => {
    const { code, out, err } = await run(...study(2, 2));
    expect(code, err).toBe(0);
    const found = JSON.parse(out) as Found;
    expect(found.study).toMatch(/^resnet-[0-9a-f]{16}$/);
    expect(found.trials.map(({ state }) => state)).toEqual(["complete", "complete"]);
    expect(err).toMatch(/^trial 2 of 2: epoch 2 of 2: /m);
    const table = await run(...study(2, 2).filter((flag) => flag !== "--json"));
    expect(table.err).not.toContain("epoch");
    expect(table.out).toMatch(new RegExp(`^ +1 +complete +\\d+\\.\\d +2 +${found.trials[0]!.run}$`, "m"));
    expect(table.out).toContain("Synthetic speech: this is no result.");
    expect(table.out).toContain(`    ${found.command}\n`);
    expect(found.command).toMatch(
      /^affectlab train resnet --protocol combined --corpora mine --profile sample --set /,
    );
  });

  it("shares the trials between workers", async () => {
    const { code, out, err } = await run(...study(4, 3, "--workers", "2"));
    expect(code, err).toBe(0);
    const { trials } = JSON.parse(out) as Found;
    expect(trials.map(({ state }) => state)).toEqual(Array(4).fill("complete"));
    expect(new Set(trials.map((trial) => trial.run)).size).toBe(4);
    for (let trial = 1; trial <= 4; trial++) {
      const lines = err.split("\n").filter((line) => line.includes(`trial ${trial} of 4: epoch 3 of 3`));
      const workers = new Set(lines.map((line) => line.slice(0, "worker 1".length)));
      expect(workers.size, `trial ${trial} was run by one worker`).toBe(1);
    }
  });

  it.each([
    ["SIGINT", 130, 50],
    ["SIGKILL", null, 51],
  ] as const)("goes on with the same trial after %s", async (signal, expected, fewest) => {
    /** Stops the study in its second trial, once both have ended an epoch. */
    const stopInSecondTrial = async (epochs: number) => {
      let isWatching = false;
      const stopped = await affectlab(checkout, study(2, epochs), {
        whenTold(text, child) {
          if (isWatching || !text.includes(`trial 2 of 2: epoch 1 of ${epochs}`)) return;
          isWatching = true;
          const watch = setInterval(() => {
            if (checkpoints(epochs) < 2 && child.exitCode === null) return;
            clearInterval(watch);
            child.kill(signal);
          }, 20);
        },
      });
      expect(stopped.code, stopped.err).toBe(expected);
      return run(...study(2, epochs));
    };
    // On a busy machine the signal may arrive when the trial has ended already: then again, with longer trials.
    let epochs: number = fewest;
    let again = await stopInSecondTrial(epochs);
    for (let attempt = 1; again.code === 0 && again.err === "" && attempt <= 3; attempt++) {
      epochs *= 3;
      again = await stopInSecondTrial(epochs);
    }
    const { code, out, err } = again;
    expect(code, err).toBe(0);
    expect(err).toContain("trial 2 of 2");
    expect(err).not.toContain("trial 1 of 2");
    expect(err).not.toContain(`epoch 1 of ${epochs}:`); // it goes on from where it was
    const { trials } = JSON.parse(out) as Found;
    expect(trials.map(({ number, state }) => [number, state])).toEqual([
      [1, "complete"],
      [2, "complete"],
    ]);
  });

  it("refuses a number of trials that is none, and --set of what it searches", async () => {
    expect(await run(...search, "--trials", "0")).toMatchObject({ code: 2 });
    const refused = await run(...search, "--set", "training.batchSize=8");
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("training.batchSize is searched");
  });

  it("says what to do where Python or Optuna is absent", async () => {
    rmSync(join(checkout.root, ".venv"));
    const absent = await run(...study(1, 1));
    expect(absent).toMatchObject({ code: 1, out: "" });
    expect(absent.err).toBe(
      "There is no Python environment (.venv). Run npm start once; it makes everything.\n",
    );
    const bin = join(checkout.root, ".venv", "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "python"), '#!/bin/sh\nexec python3 -I -S "$@"\n'); // without any package
    chmodSync(join(bin, "python"), 0o755);
    const bare = await run(...study(1, 1));
    expect(bare.code).toBe(1);
    expect(bare.err).toMatch(
      /^The Python environment lacks what a search needs: .*optuna.*\. Run npm start: /,
    );
  });
});
