import { describe, expect, it } from "vitest";
import { refuseDuringTraining, trainingCommands } from "../../../scripts/benchmark/running-trainings.mjs";
import type { Settings } from "../../../src/core/settings.js";
import { openRun } from "../../../src/training/run-store.js";
import { lockRun } from "../../../src/training/running.js";
import { untrainedRun } from "../../training/untrained-run.js";

describe("a benchmark beside a training", () => {
  it("is refused, naming process, model and run, and not afterwards", async () => {
    const { settings, spec } = untrainedRun();
    const unmark = await lockRun(await openRun(spec, settings));
    expect(await refusal(settings)).toMatch(
      new RegExp(`A training is going on.*\\n.*process ${process.pid} trains resnet, run [0-9a-f]+`),
    );
    await unmark();
    expect(await refusal(settings)).not.toContain(`process ${process.pid}`);
  });
});

/** What the refusal says; empty when there is none. This machine may be training for somebody else. */
async function refusal(settings: Settings): Promise<string> {
  try {
    await refuseDuringTraining(settings);
    return "";
  } catch (error) {
    return String(error);
  }
}

describe("the processes of a machine", () => {
  it("are searched for trainings, whatever their store, once each", () => {
    const processes = [
      "   12 npm exec affectlab train resnet",
      "   13 sh -c 'affectlab' train resnet",
      "   14 node /srv/lab/node_modules/.bin/affectlab --profile full train resnet -p combined",
      "   15 /usr/bin/node bin/affectlab.cjs train lstm",
      "   16 node /srv/lab/node_modules/.bin/affectlab predict train.wav",
      "   17 node dist/other.js train resnet",
      "   18 vi affectlab train",
    ].join("\n");
    expect(trainingCommands(processes).map(({ pid }) => pid)).toEqual([14, 15]);
  });
});
