import { beforeAll, describe, expect, it } from "vitest";
import { findBfloat16 } from "../../src/core/bfloat16.js";
import { InterruptedError, LabError } from "../../src/core/errors.js";
import type { ProgressState } from "../../src/core/progress.js";
import type { Settings } from "../../src/core/settings.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { defineRun } from "../../src/training/define-run.js";
import { evaluateCheckpoint } from "../../src/training/evaluate-checkpoint.js";
import { decidePrecision, requirePrecision } from "../../src/training/precision.js";
import { runHash } from "../../src/training/run-spec.js";
import { type Run, readRun } from "../../src/training/run-store.js";
import { trainRun } from "../../src/training/train-run.js";
import { settingsWithTones, toneRequest } from "./toy-corpus.js";

const without = () => null;
const withBfloat16 = () => "avx512_bf16";

describe("the precision of training", () => {
  it("is what was asked for, whatever the machine has", () => {
    expect(decidePrecision("bf16", "sample", without)).toBe("bf16");
    expect(decidePrecision("float32", "full", withBfloat16)).toBe("float32");
  });

  it("is by default bf16 where the machine has it, but for the sample, which is the same everywhere", () => {
    expect(decidePrecision("auto", "full", withBfloat16)).toBe("bf16");
    expect(decidePrecision("auto", "quick", withBfloat16)).toBe("bf16");
    expect(decidePrecision("auto", "full", without)).toBe("float32");
    expect(decidePrecision("auto", "sample", withBfloat16)).toBe("float32");
  });

  it("is refused before training where the machine does not have it, with what to do", () => {
    expect(() => requirePrecision("bf16", without)).toThrow(LabError);
    expect(() => requirePrecision("bf16", without)).toThrow(/--precision float32/);
    expect(() => requirePrecision("bf16", withBfloat16)).not.toThrow();
    expect(() => requirePrecision("float32", without)).not.toThrow();
  });

  it("is part of the specification, and of its hash", async () => {
    const settings = await settingsWithTones();
    const float = await defineRun({ ...toneRequest, precision: "float32" }, settings);
    const half = await defineRun({ ...toneRequest, precision: "bf16" }, settings);
    expect(half).toEqual({ ...float, precision: "bf16" });
    expect(runHash(half)).not.toBe(runHash(float));
    expect(await defineRun(toneRequest, { ...settings, precision: "bf16" })).toEqual(half);
    const request = { ...toneRequest, precision: "float32" as const };
    expect(await defineRun(request, { ...settings, precision: "bf16" })).toEqual(float);
  });
});

loadTensorFlow();
describe.runIf(findBfloat16() !== null)("a run in bf16", () => {
  let settings: Settings;
  let run: Run;
  const define = () => defineRun({ ...toneRequest, precision: "bf16" }, settings);
  beforeAll(async () => {
    settings = await settingsWithTones();
    run = await trainRun(await define(), { settings });
  });
  const withoutSeconds = ({ history }: Run) => history.map(({ seconds: _, ...record }) => record);

  it("learns, says its precision, and gives other numbers than float32", async () => {
    expect(run.metrics.precision).toBe("bf16");
    expect(run.metrics.test.all.uar.value).toBeGreaterThan(0.5); // chance is 1 in 6
    const float = await trainRun(await defineRun(toneRequest, settings), { settings });
    expect(float.metrics.precision).toBe("float32");
    expect(withoutSeconds(float)).not.toEqual(withoutSeconds(run));
    const [half, single] = [run, float].map(({ history }) => history[0]!.trainLoss);
    expect(Math.abs(half! / single! - 1)).toBeLessThan(0.05);
  });

  it("is judged in float32: its checkpoint evaluated anew gives its own figures", async () => {
    expect(await evaluateCheckpoint(run.spec, "best", "test", { settings })).toEqual(run.metrics.test);
  });

  it("stopped and called again, and repeated by force, gives the same numbers", async () => {
    const spec = await define();
    let steps = 0;
    const stop = { requested: false, request: () => undefined, release: () => undefined };
    const onProgress = ({ task }: ProgressState) => {
      if (task.startsWith("epoch") && ++steps === 13) stop.requested = true;
    };
    const stopped = trainRun(spec, { settings, force: true, stop, onProgress });
    await expect(stopped).rejects.toThrow(InterruptedError);
    expect(await readRun(run.hash, settings)).toBeNull();
    const again = await trainRun(spec, { settings });
    expect(again.test).toEqual(run.test);
    expect(withoutSeconds(again)).toEqual(withoutSeconds(run));
    const repeated = await trainRun(spec, { settings, force: true });
    expect(repeated.test).toEqual(run.test);
    expect(withoutSeconds(repeated)).toEqual(withoutSeconds(run));
  });
});
