import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { removeAbandonedParts, removeAbandonedPartsOf } from "../../src/core/abandoned-parts.js";
import { temporaryFolder } from "../temporary-folder.js";

/** The number of a process that has ended. */
const ended = spawnSync(process.execPath, ["-e", ""]).pid;

function folderOf(names: readonly string[]): string {
  const folder = temporaryFolder("parts");
  mkdirSync(join(folder, "ab"));
  for (const name of names) writeFileSync(join(folder, name), "half");
  return folder;
}

it("removes what processes that have ended left half written, in folders below too, and nothing else", async () => {
  const left = [`ab/one.f32.${ended}.0123abcd.part`, `two.wav.${ended}.part`];
  const others = [
    `ab/three.f32.${process.pid}.0123abcd.part`, // still being written
    "ab/four.f32",
    "archive.zip.part", // a download, which goes on from there
    `five.${ended}.part.txt`,
  ];
  const folder = folderOf([...left, ...others]);
  await removeAbandonedParts(folder, 0);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name !== "ab");
  expect(names.sort()).toEqual([...others].sort());
});

it("leaves what was touched within the hour: another machine may be writing it", async () => {
  const name = `one.f32.${ended}.0123abcd.part`;
  const folder = folderOf([name]);
  await removeAbandonedParts(folder);
  expect(readdirSync(folder)).toContain(name);
});

it("looks through a folder once in a process: a cache is read many times and holds many files", async () => {
  const folder = folderOf([]);
  await removeAbandonedParts(folder, 0);
  const name = `one.f32.${ended}.0123abcd.part`;
  writeFileSync(join(folder, name), "half");
  await removeAbandonedParts(folder, 0);
  expect(readdirSync(folder)).toContain(name);
});

it("removes folders beside one's own that were to become it or had been it, by the same rule", async () => {
  const parent = temporaryFolder("parts");
  const left = [`sample.${ended}.0123abcd.part`, `sample.${ended}.part`];
  const others = [
    `sample.${process.pid}.0123abcd.part`,
    `other.${ended}.0123abcd.part`,
    "sample.part",
    "sample",
  ];
  for (const name of [...left, ...others]) mkdirSync(join(parent, name, "ravdess"), { recursive: true });
  await removeAbandonedPartsOf(join(parent, "sample"));
  expect(readdirSync(parent)).toHaveLength(left.length + others.length); // touched within the hour
  await removeAbandonedPartsOf(join(parent, "sample"), 0);
  expect(readdirSync(parent).sort()).toEqual([...others].sort());
});

it("has nothing to do where there is no folder", async () => {
  await expect(removeAbandonedParts(join(temporaryFolder("none"), "absent"))).resolves.toBeUndefined();
});
