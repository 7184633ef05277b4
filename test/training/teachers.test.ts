/** A network that learns from another's answers: the teacher is trained first, asked on training clips, and listened to. */
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { ProgressState } from "../../src/core/progress.js";
import type { Settings } from "../../src/core/settings.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { readPredictions } from "../../src/evaluation/predictions-file.js";
import { loadTaughtClips, loadTrainingData } from "../../src/training/data.js";
import { defineRun } from "../../src/training/define-run.js";
import { predictExamples } from "../../src/training/predict-examples.js";
import { loadRunModel } from "../../src/training/run-model.js";
import { type RunSpec, runHash } from "../../src/training/run-spec.js";
import { runFiles } from "../../src/training/run-store.js";
import { askTeachers, hearTeachers, withTeachers } from "../../src/training/teachers.js";
import { trainRun, trainUnjudged } from "../../src/training/train-run.js";
import { settingsWithTones, toneRequest } from "./toy-corpus.js";

let settings: Settings;
let teacher: RunSpec;
/** Another network than the teacher. */
let other: RunSpec;
let student: RunSpec;
const tasks = new Set<string>();

/** The tone network under another temperature; its teacher is a run whose recipe is made as small as the student. */
const taughtBy = (spec: RunSpec, temperature: number): RunSpec => ({
  ...student,
  training: { ...student.training, distillation: { teachers: ["resnet"], share: 0.8, temperature } },
  teachers: [spec],
});

beforeAll(async () => {
  loadTensorFlow();
  settings = await settingsWithTones();
  teacher = await defineRun(toneRequest, settings);
  other = await defineRun({ ...toneRequest, seed: 6 }, settings);
  student = await defineRun({ ...toneRequest, seed: 5 }, settings);
  const onProgress = ({ task }: ProgressState) => void tasks.add(task.replace(/\d+ of/, "n of"));
  await trainRun(taughtBy(teacher, 2), { settings, onProgress });
}, 300_000);

describe("teachers", () => {
  it("are trained first, and named in the progress", async () => {
    expect(existsSync(runFiles(runHash(teacher), settings).metrics)).toBe(true);
    expect(tasks).toContain("teacher resnet, epoch n of 3");
    expect(tasks).toContain("epoch n of 3");
  });

  it("are asked about the clips they were trained on, and about no other", async () => {
    const { train } = await loadTrainingData(teacher, { settings });
    const answers = await askTeachers(taughtBy(teacher, 1), { settings });
    expect([...answers.keys()].sort()).toEqual(train.map(({ clip }) => clip.id).sort());
    const { model } = await loadRunModel(teacher, settings, "best");
    const predictions = await predictExamples(model, train, teacher.training.frames);
    model.dispose();
    for (const { clip, probabilities } of predictions) {
      probabilities.forEach((p, k) => void expect(answers.get(clip)![k]).toBeCloseTo(p, 5));
    }
  });

  it("say less surely what they say at a higher temperature, and the mean of what several say", async () => {
    const ask = (temperature: number) => askTeachers(taughtBy(teacher, temperature), { settings });
    const [plain, soft] = [await ask(1), await ask(3)];
    for (const [clip, answer] of plain) {
      const softened = soft.get(clip)!;
      const powers = answer.map((p) => p ** (1 / 3));
      const sum = powers.reduce((a, b) => a + b, 0);
      softened.forEach((p, k) => void expect(p).toBeCloseTo(powers[k]! / sum, 5));
      expect(Math.max(...softened)).toBeLessThanOrEqual(Math.max(...answer) + 1e-6);
    }
    await trainRun(other, { settings });
    const alone = await askTeachers(taughtBy(other, 1), { settings });
    const both = await askTeachers({ ...taughtBy(teacher, 1), teachers: [teacher, other] }, { settings });
    let furthest = 0;
    for (const [clip, answer] of plain) {
      answer.forEach((p, k) => {
        const second = alone.get(clip)![k]!;
        expect(both.get(clip)![k]).toBeCloseTo((p + second) / 2, 5);
        furthest = Math.max(furthest, Math.abs(p - second));
      });
    }
    expect(furthest).toBeGreaterThan(0.01);
  });

  it("are asked once: their answers lie beside the run's other predictions", async () => {
    const path = join(runFiles(runHash(teacher), settings).folder, "predictions-training.csv");
    const kept = await readFile(path, "utf8");
    expect(await readPredictions(path)).toHaveLength(6 * 24);
    await writeFile(path, kept.split("\n").slice(0, 2).join("\n"));
    expect((await askTeachers(taughtBy(teacher, 1), { settings })).size).toBe(1);
    await writeFile(path, kept);
  });

  it("say the same to a student that goes on as to one that is the first to ask", async () => {
    await rm(join(runFiles(runHash(teacher), settings).folder, "predictions-training.csv"));
    const first = await askTeachers(taughtBy(teacher, 2), { settings });
    expect(await askTeachers(taughtBy(teacher, 2), { settings })).toEqual(first);
  });

  it("answer, where cross-fitted, about clips alone that they were not trained on, and never see the test", async () => {
    const groups = 2;
    const members = [1, 2].map((group): RunSpec => ({ ...teacher, withheld: { group, groups } }));
    const spec = { ...taughtBy(teacher, 1), teachers: members };
    await trainUnjudged(spec, { settings });
    const { train } = await loadTrainingData(student, { settings });
    const answers = await askTeachers(spec, { settings });
    expect([...answers.keys()].sort()).toEqual(train.map(({ clip }) => clip.id).sort());
    const trainedOn: Set<string>[] = [];
    for (const member of members) {
      const heard = await loadTrainingData(member, { settings });
      trainedOn.push(new Set(heard.train.map(({ clip }) => clip.id)));
      const { model, standardisation } = await loadRunModel(member, settings, "best");
      expect(standardisation).toEqual(heard.standardisation);
      const asked = await loadTaughtClips(member, standardisation, { settings });
      expect(asked.some(({ clip }) => trainedOn.at(-1)!.has(clip.id))).toBe(false);
      for (const { clip, probabilities } of await predictExamples(model, asked, teacher.training.frames)) {
        probabilities.forEach((p, k) => void expect(answers.get(clip)![k]).toBeCloseTo(p, 5));
      }
      model.dispose();
      expect(existsSync(runFiles(runHash(member), settings).metrics)).toBe(false);
    }
    for (const { clip } of train) expect(trainedOn.filter((ids) => ids.has(clip.id))).toHaveLength(1);
  });

  it("of other clips are refused by the clip's name", async () => {
    const { train } = await loadTrainingData(student, { settings });
    const silent = { own: new Map<string, Float32Array>(), varied: [] };
    expect(() => withTeachers(train, silent)).toThrow(`not trained on ${train[0]!.clip.id}`);
  });

  it("hear the student's varied copies as they sound, though they were trained without any", async () => {
    const variedCopies = { copies: 2, share: 0.5, sound: { probability: 1, speed: [0.85, 0.9] } } as const;
    const spec = taughtBy(teacher, 1);
    const training = { ...spec.training, variedCopies };
    const { own, varied } = await hearTeachers({ ...spec, training }, { settings });
    expect(own).toEqual(await askTeachers(spec, { settings }));
    expect(varied).toHaveLength(2);
    const { model, standardisation } = await loadRunModel(teacher, settings, "best");
    for (const [i, answers] of varied.entries()) {
      const variation = { sound: variedCopies.sound, number: i + 1 };
      const copies = await loadTaughtClips(teacher, standardisation, { settings }, variation);
      for (const { clip, probabilities } of await predictExamples(model, copies, teacher.training.frames)) {
        probabilities.forEach((p, k) => void expect(answers.get(clip)![k]).toBeCloseTo(p, 5));
      }
    }
    model.dispose();
    const { train } = await loadTrainingData({ ...spec, training }, { settings });
    const taught = withTeachers(train, { own, varied });
    for (const { clip, variedTeachers } of taught) {
      expect(variedTeachers).toEqual(varied.map((answers) => answers.get(clip.id)));
    }
    const heard = taught.some(({ teacher: clean, variedTeachers }) => clean![0] !== variedTeachers![0]![0]);
    expect(heard).toBe(true);
  });

  it("are part of a run's name, as their own recipes define them", async () => {
    const request = { ...toneRequest, model: "page", features: {}, options: {}, training: {} };
    const distilled = await defineRun(request, settings);
    const members = ["general"];
    const alone = members.map((model) => defineRun({ model, protocol: "evar" }, settings));
    expect(distilled.teachers?.map(runHash)).toEqual((await Promise.all(alone)).map(runHash));
    const { teachers: _teachers, ...without } = distilled;
    expect(runHash(without)).not.toBe(runHash(distilled));
    const third = await defineRun({ ...request, seed: 3 }, settings);
    expect(third.teachers?.map(({ seed }) => seed)).toEqual([0]);
    const distillation = { teachers: ["lstm"], share: 1, temperature: 1, crossFittedGroups: 3 };
    const crossFitted = await defineRun({ ...request, training: { distillation } }, settings);
    const lstm = await defineRun({ model: "lstm", protocol: "evar" }, settings);
    expect(crossFitted.teachers).toEqual(
      [1, 2, 3].map((group) => ({ ...lstm, withheld: { group, groups: 3 } })),
    );
  });
});
