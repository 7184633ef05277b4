import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { findRecordings } from "../../src/audio/find-recordings.js";
import { LabError } from "../../src/core/errors.js";
import { walkFiles } from "../../src/corpora/store.js";
import { temporaryFolder } from "../temporary-folder.js";

/** As it is; tests run as root, who may read every folder, so that one refuses by itself. */
vi.mock("node:fs/promises", { spy: true });

function folderOf(...names: readonly string[]): string {
  const folder = temporaryFolder("recordings");
  for (const name of names) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), "");
  }
  return folder;
}

const found = async (...paths: readonly string[]): Promise<readonly string[]> =>
  (await findRecordings(paths)).paths;

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
    expect(await found(folder)).toEqual(names.map((name) => join(folder, name)));
  });

  it("takes links to recordings, and leaves out pipes and devices, whose reading might never end", async () => {
    const [folder, elsewhere] = [folderOf("a.wav"), folderOf("b.wav")];
    symlinkSync(join(elsewhere, "b.wav"), join(folder, "link.wav"));
    symlinkSync("/dev/zero", join(folder, "endless.wav"));
    execFileSync("mkfifo", [join(folder, "pipe.wav")]);
    expect(await found(folder)).toEqual([join(folder, "a.wav"), join(folder, "link.wav")]);
    expect(await walkFiles(folder)).toEqual([join(folder, "a.wav"), join(folder, "link.wav")]);
    symlinkSync(join(folder, "gone.wav"), join(folder, "nowhere.wav"));
    expect(await found(folder)).toContain(join(folder, "nowhere.wav")); // whoever reads it says so
  });

  it("looks into linked folders, once into each, also where links lead in a circle", async () => {
    const [folder, elsewhere] = [folderOf("a.wav", "c/d.wav"), folderOf("x.wav")];
    symlinkSync(elsewhere, join(folder, "b"));
    symlinkSync(folder, join(folder, "c/above"));
    symlinkSync(elsewhere, join(folder, "c/again"));
    const names = ["a.wav", "b/x.wav", "c/d.wav"];
    expect(await found(folder)).toEqual(names.map((name) => join(folder, name)));
  });

  it("takes files as they are given, in their order: known endings, others, and ones that are not there", async () => {
    const folder = folderOf("sound.dat", "a.wav");
    const paths = ["sound.dat", "absent.wav", "a.wav"].map((name) => join(folder, name));
    expect(await found(...paths)).toEqual(paths);
    expect(await found("-")).toEqual(["-"]);
  });

  it("takes what is named twice once, by its first name", async () => {
    const folder = folderOf("a.wav", "b.wav");
    symlinkSync(join(folder, "a.wav"), join(folder, "c.wav"));
    const [a, b, c] = ["a.wav", "b.wav", "c.wav"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const absent = join(folder, "absent.wav");
    expect(await found(b, folder, `${folder}/./b.wav`, absent, absent, "-", "-")).toEqual([
      b,
      a,
      c,
      absent,
      "-",
    ]);
    expect((await findRecordings([a, b, folder])).problems).toEqual([]);
  });

  it("names a folder without a recording, and one that cannot be read, beside what the others hold", async () => {
    const [empty, folder] = [folderOf("notes.txt"), folderOf("a.wav", "closed/b.wav")];
    vi.mocked(readdir).mockImplementation(async (path, ...rest) => {
      if (path === join(folder, "closed")) throw Object.assign(new Error("no"), { code: "EACCES" });
      const { readdir: actual } =
        await vi.importActual<typeof import("node:fs/promises")>("node:fs/promises");
      return await (actual as (...all: unknown[]) => Promise<never>)(path, ...rest);
    });
    const { paths, problems } = await findRecordings([empty, folder]);
    expect(paths).toEqual([join(folder, "a.wav")]);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(`^There is no recording in ${empty}\\. Recordings end in \\.wav`),
      expect.stringMatching(`${join(folder, "closed")} cannot be read \\(EACCES\\)`),
    ]);
    expect(problems[0]).toBeInstanceOf(LabError);
  });
});
