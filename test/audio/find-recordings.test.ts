import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findRecordings } from "../../src/audio/find-recordings.js";
import { LabError } from "../../src/core/errors.js";
import { walkFiles } from "../../src/corpora/store.js";
import { temporaryFolder } from "../temporary-folder.js";

function folderOf(...names: readonly string[]): string {
  const folder = temporaryFolder("recordings");
  for (const name of names) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), "");
  }
  return folder;
}

describe("finding recordings", () => {
  it("takes every recording of a folder and of those below, by name, whatever the case of its ending", async () => {
    const folder = folderOf(
      "b.WAV",
      "a.opus",
      "c/d.mp3",
      "c/e/f.webm",
      "notes.txt",
      ".hidden.wav",
      ".git/g.wav",
    );
    const names = ["a.opus", "b.WAV", "c/d.mp3", "c/e/f.webm"];
    expect(await findRecordings([folder])).toEqual(names.map((name) => join(folder, name)));
  });

  it("takes links to recordings, and leaves out pipes and devices, whose reading might never end", async () => {
    const folder = folderOf("a.wav");
    symlinkSync(join(folder, "a.wav"), join(folder, "link.wav"));
    symlinkSync("/dev/zero", join(folder, "endless.wav"));
    execFileSync("mkfifo", [join(folder, "pipe.wav")]);
    expect(await findRecordings([folder])).toEqual([join(folder, "a.wav"), join(folder, "link.wav")]);
    expect(await walkFiles(folder)).toEqual([join(folder, "a.wav"), join(folder, "link.wav")]);
  });

  it("takes files as they are given, in their order: known endings, others, and ones that are not there", async () => {
    const folder = folderOf("sound.dat", "a.wav");
    const paths = ["sound.dat", "absent.wav", "a.wav"].map((name) => join(folder, name));
    expect(await findRecordings(paths)).toEqual(paths);
    expect(await findRecordings(["-"])).toEqual(["-"]);
  });

  it("names a folder without a recording", async () => {
    const folder = folderOf("notes.txt");
    await expect(findRecordings([folder])).rejects.toThrow(LabError);
    await expect(findRecordings([folder])).rejects.toThrow(`no recording in ${folder}`);
  });
});
