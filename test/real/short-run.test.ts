/** A short training on a part of CREMA-D by new voices: what the laboratory is for, in minutes. */
import { expect, it } from "vitest";
import { importCorpus } from "../../src/corpora/import-corpus.js";
import { defineRun } from "../../src/training/define-run.js";
import { trainRun } from "../../src/training/train-run.js";
import { folderOfActors, settingsForRecordings } from "./recordings.js";

/** By `evar`: 24 of the 63 voices that train, 3 of 9 that validate, 6 of 19 that test. */
const train =
  "1002 1003 1005 1006 1007 1008 1010 1012 1013 1014 1015 1016 1018 1021 1023 1024 1027 1028 1030 1031 1032 1036 1037 1038";
const actors = new Set(`${train} 1009 1011 1022 1001 1004 1017 1020 1025 1026`.split(" "));

it("learns emotions from 24 voices that it names in others, clearly better than chance", async () => {
  const settings = settingsForRecordings();
  await importCorpus("crema-d", await folderOfActors(actors), settings);
  const spec = await defineRun(
    {
      model: "resnet",
      protocol: "evar",
      options: { channels: [8, 16, 32], blocks: [1, 1, 1], headUnits: 32 },
      training: { epochs: 5, averageDecay: 0.95, learningRate: 4e-3 },
    },
    settings,
  );
  const { metrics, history, test } = await trainRun(spec, { settings });
  console.log(`test UAR ${metrics.test.all.uar.value.toFixed(3)} after ${metrics.seconds} s of training`);
  expect(test.length).toBeGreaterThan(450);
  expect(history.at(-1)!.trainLoss).toBeLessThan(history[0]!.trainLoss);
  expect(metrics.test.all.uar.clip[0]).toBeGreaterThan(1 / 6); // chance lies outside the interval
  expect(metrics.test.all.uar.value).toBeGreaterThan(0.3);
  // A network that answers with the commonest emotion, or two of them, is no success.
  expect(new Set(test.map((row) => row.predicted)).size).toBeGreaterThanOrEqual(4);
}, 600_000);
