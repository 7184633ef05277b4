import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { jsonText } from "../../src/cli/print-json.js";
import { openProgress } from "../../src/cli/terminal-progress.js";
import { alignTable, formatBytes } from "../../src/cli/text-table.js";
import { specHash } from "../../src/core/hash.js";
import { usualWaveAugmentation } from "../../src/features/augment-wave.js";
import { checkTraining } from "../../src/training/check-training.js";
import { recipeFor } from "../../src/training/recipes.js";
import type { TrainingOptions } from "../../src/training/run-spec.js";
import { parseChanges, type SpecDefaults } from "../../src/training/spec-changes.js";
import { hostileNames, steering } from "../hostile-names.js";

function collect() {
  const pieces: string[] = [];
  const stream = new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece.toString());
      done();
    },
  });
  return { stream, pieces };
}

const state = { task: "epoch 1 of 3", done: 1, total: 300, rate: 120, etaSeconds: 75, note: "loss 1.500" };

describe("progress without a terminal", () => {
  it("is a line at the start, every ten seconds, and at the end of each task", async () => {
    const { stream, pieces } = collect();
    let nowMs = 0;
    const { listener } = await openProgress(stream, () => nowMs);
    for (let done = 1; done <= 300; done++) {
      nowMs = done * 100;
      listener({ ...state, task: `epoch ${Math.ceil(done / 100)} of 3`, done });
    }
    expect(pieces.map((line) => /: (\d+) of/.exec(line)![1])).toEqual(["1", "101", "201", "300"]);
    expect(pieces[0]).toBe("epoch 1 of 3: 1 of 300 (0%), 120 clips/s, loss 1.500, 1 min 15 s to go\n");
  });
});

describe("progress on a terminal", () => {
  it("is one bar for all epochs, redrawn in place, with speed, loss and time to go", async () => {
    const { stream, pieces } = collect();
    const terminal = Object.assign(stream, {
      isTTY: true,
      columns: 120,
      cursorTo() {},
      clearLine() {},
      moveCursor() {},
    });
    const progress = await openProgress(terminal);
    progress.listener(state);
    await new Promise((resolve) => setTimeout(resolve, 200));
    progress.listener({
      ...state,
      task: "epoch 3 of 3",
      done: 300,
      note: "loss 1.100, validation UAR 61.0%",
    });
    progress.close();
    const text = pieces.join("");
    expect(text).toContain("epoch 3 of 3");
    expect(text).toContain("100%, 120 clips/s, loss 1.100, validation UAR 61.0%, 1 min 15 s to go");
    expect(text.split("\n")).toHaveLength(2);
  });
});

describe("--set", () => {
  const defaults = {
    options: { channels: [16, 32], headUnits: 128 },
    features: { kind: "log-mel", bands: 64, topDecibels: 80, peakNormalise: true },
    training: {
      epochs: 60,
      mixup: { alpha: 0.4, share: 0.5 },
      clipNorm: 5,
      patienceEpochs: null,
      sampling: "every-clip",
    },
  };

  it("changes the named fields alone and keeps the rest of a nested one", () => {
    const set = ["training.mixup.share=0.2", "options.channels=[4,8]", "features.topDecibels=null"];
    expect(
      parseChanges([...set, "training.patienceEpochs=5", "training.sampling=balanced"], defaults),
    ).toEqual({
      options: { channels: [4, 8] },
      features: { topDecibels: null },
      training: { mixup: { alpha: 0.4, share: 0.2 }, patienceEpochs: 5, sampling: "balanced" },
    });
    expect(defaults.training.mixup.share).toBe(0.5);
  });

  it("set a field that a recipe leaves out", () => {
    const { options, features } = defaults;
    const training = { ...defaults.training, augmentation: { stretch: 0.1 } };
    expect(
      parseChanges(["training.augmentation.bandWarp=0.1", "training.keptBy=mean-corpus-uar"], {
        options,
        features,
        training,
      }).training,
    ).toEqual({ augmentation: { stretch: 0.1, bandWarp: 0.1 }, keptBy: "mean-corpus-uar" });
  });

  it("set a part of what a recipe leaves out, the rest as it usually is", () => {
    const changed = parseChanges(["training.variedCopies.share=0.25"], defaults).training;
    expect(changed.variedCopies).toEqual({ copies: 2, share: 0.25, sound: usualWaveAugmentation });
    const whole = parseChanges(
      ['training.variedCopies={"copies":1,"share":1,"sound":{"probability":0.5}}'],
      defaults,
    );
    expect(whole.training.variedCopies).toEqual({ copies: 1, share: 1, sound: { probability: 0.5 } });
    expect(defaults.training).not.toHaveProperty("variedCopies");
    expect(() => parseChanges(["training.variedCopies.share=often"], defaults)).toThrow("It takes a number.");
    const taught = ['training.distillation.teachers=["lstm"]', "training.distillation.crossFittedGroups=4"];
    expect(parseChanges(taught, defaults).training.distillation).toEqual({
      ...{ teachers: ["lstm"], share: 0.5, temperature: 1 },
      crossFittedGroups: 4,
    });
  });

  const heard = recipeFor("simple-cnn-audio", "full");

  it.each<[string, SpecDefaults, (training: Partial<TrainingOptions>) => unknown]>([
    ["training.variedCopies.sound", defaults, ({ variedCopies }) => variedCopies?.sound],
    ["training.waveAugmentation", heard, ({ waveAugmentation }) => waveAugmentation],
  ])("sets every variation of %s, whether the recipe has it or not", (place, recipe, soundOf) => {
    const set = [
      ...["tiltDecibelsPerOctave=[0,3]", "gainDecibels=[-6,-2]", "pitchSemitones=[-1,2]"],
      ...["shiftSeconds=[0,0.2]", "sampleRateHz=[8000,16000]", "coding.step=[0.3,0.5]"],
      ...["reverberation.decaySeconds=[0.2,0.3]", "noise.signalToNoiseDecibels=[-5,5]", "probability=1"],
    ].map((assignment) => `${place}.${assignment}`);
    const { training } = parseChanges(set, recipe);
    expect(soundOf(training)).toMatchObject({
      ...{ tiltDecibelsPerOctave: [0, 3], gainDecibels: [-6, -2], pitchSemitones: [-1, 2] },
      ...{ shiftSeconds: [0, 0.2], sampleRateHz: [8000, 16_000], coding: { step: [0.3, 0.5] } },
      ...{ noise: { signalToNoiseDecibels: [-5, 5] }, probability: 1 },
      reverberation: { decaySeconds: [0.2, 0.3], directToEchoDecibels: [0, 15] },
    });
    expect(() => checkTraining({ ...heard.training, ...training })).not.toThrow();
    expect(() => parseChanges([`${place}.echo=1`], recipe)).toThrow(`${place} does not have. It has: `);
  });

  it("takes copies out of a recipe that has them: the run is that of a recipe which never had any", () => {
    const recipe = recipeFor("resnet-wide", "full");
    const { variedCopies, ...without } = recipe.training;
    expect(variedCopies).toBeDefined();
    const changed = parseChanges(["training.variedCopies=null"], recipe);
    const training = { ...recipe.training, ...changed.training };
    expect(() => checkTraining(training)).not.toThrow();
    expect(specHash({ ...recipe, training })).toBe(specHash({ ...recipe, training: without }));
    expect(parseChanges(["training.variedCopies=null"], defaults).training.variedCopies).toBeUndefined();
  });

  it.each([
    ["training.mixup.rate=1", "training.mixup does not have. It has: alpha, share."],
    ["training.epochs.first=1", "training.epochs does not have. It has: no fields."],
    ["training.epochs=-1", "It takes a number."],
    ["training.epochs=null", "It takes a number."],
    ["training.clipNorm=loose", "It takes a number or null."],
    ["features.peakNormalise=1", "It takes a boolean."],
    ["options.channels=[4,x]", "It takes a list of number."],
    ["features.kind=mfcc", "define the run in a notebook."],
    ["seed=3", "a field begins with options, features, training."],
    ["training.epochs", "Write it as training.epochs=10."],
  ])("refuses %s", (assignment, reason) => {
    expect(() => parseChanges([assignment], defaults)).toThrow(reason);
  });
});

describe("JSON", () => {
  it("gives every text back, and holds nothing that steers a terminal", () => {
    const told = { file: hostileNames.join("\u007f\u{e0001}") };
    expect(JSON.parse(jsonText(told))).toEqual(told);
    expect(jsonText(told)).not.toMatch(steering);
    expect(jsonText({ file: "Grüße" })).toBe('{\n  "file": "Grüße"\n}');
  });
});

describe("tables", () => {
  it("align columns and leave no space at the ends", () => {
    expect(
      alignTable(
        ["name", "n"],
        [
          ["a", "10"],
          ["long", "5"],
        ],
        ["left", "right"],
      ),
    ).toBe("name   n\na     10\nlong   5");
  });

  it("say sizes as people do", () => {
    expect([800, 12e6, 1.44e9].map(formatBytes)).toEqual(["1 kB", "12 MB", "1.4 GB"]);
  });
});
