import { mkdir, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { removeAbandonedPartsOf } from "../core/abandoned-parts.js";
import { LabError } from "../core/errors.js";
import { readJson } from "../core/files.js";
import { putInPlace } from "../core/put-in-place.js";

/** Throws LabError when a folder is there that is no earlier export: nothing of somebody else's is overwritten. */
export async function checkReplaceable(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new LabError(`${folder} is no folder that can be written to.`, "Name another one with --output.");
  });
  if (entries.length === 0) return;
  const card = (await readJson(join(folder, "card.json"))) as { kind?: unknown } | null;
  if (card?.kind === "export") return;
  throw new LabError(`${folder} holds files that are no export.`, "Name another folder with --output.");
}

/**
 * Has `fill` write into a new folder beside `folder`, which takes its name when all is written and an earlier one's place
 * with it: a reader sees the old export or the new one. Leaves nothing behind when `fill` throws; what a killed process left
 * behind goes after an hour.
 */
export async function replaceFolder(folder: string, fill: (part: string) => Promise<void>): Promise<void> {
  const whole = resolve(folder);
  const part = `${whole}.${process.pid}.part`;
  await removeAbandonedPartsOf(whole);
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  try {
    await fill(part);
    await putInPlace(part, whole, async () => false);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}
