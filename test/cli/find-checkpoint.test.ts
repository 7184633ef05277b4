import { utimesSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { findCheckpoint } from "../../src/cli/find-checkpoint.js";
import type { Settings } from "../../src/core/settings.js";
import { defineRun } from "../../src/training/define-run.js";
import { type RunSpec, runHash } from "../../src/training/run-spec.js";
import { openRun } from "../../src/training/run-store.js";
import { temporarySettings } from "../training/toy.js";

/** Makes a run's folder, as old as so many seconds since 1970. */
async function put(spec: RunSpec, seconds: number, settings: Settings): Promise<void> {
  const files = await openRun(spec, settings);
  utimesSync(files.spec, seconds, seconds);
}

describe("a model's name", () => {
  const settings = temporarySettings();
  let row: RunSpec;
  let teacher: RunSpec;
  beforeAll(async () => {
    const request = { model: "whisper-tiny.en", protocol: "speaker-independent" } as const;
    row = await defineRun(request, settings, async () => ({}));
    teacher = { ...row, withheld: { group: 1, groups: 3 } };
  });

  it("means its newest run, of the protocol that is asked for", async () => {
    const combined = { ...row, protocol: "combined" as const };
    await put({ ...row, seed: 1 }, 1000, settings);
    await put(row, 2000, settings);
    await put(combined, 1500, settings);
    expect((await findCheckpoint("whisper-tiny.en@10", settings)).spec).toEqual(row);
    expect((await findCheckpoint("whisper-tiny.en", settings, "combined")).spec).toEqual(combined);
  });

  it("means no teacher that withheld clips, though that is newer; its hash does", async () => {
    await put(teacher, 3000, settings);
    expect((await findCheckpoint("whisper-tiny.en", settings)).spec).toEqual(row);
    expect((await findCheckpoint(`${runHash(teacher)}@last`, settings)).spec).toEqual(teacher);
    const other = temporarySettings();
    await put(teacher, 3000, other);
    await expect(findCheckpoint("whisper-tiny.en", other)).rejects.toThrow(
      "There is no run whisper-tiny.en.",
    );
  });
});
