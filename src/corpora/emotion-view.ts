import { copyFile, link, mkdir, readdir, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { LabError } from "../core/errors.js";
import type { Clip } from "./clip.js";
import { emotions } from "./emotions.js";

/**
 * Lays clips out by emotion: eight folders in `folder`, in each a link to every recording of that emotion, named
 * `<corpus>_<file name>`. Where the file system knows no symbolic links, hard links or copies. Returns how many clips
 * each emotion has. Throws LabError when the folder holds anything else than an earlier view.
 */
export async function makeEmotionView(
  clips: readonly Clip[],
  folder: string,
): Promise<Record<(typeof emotions)[number], number>> {
  await mkdir(folder, { recursive: true });
  const others = (await readdir(folder)).filter((name) => !(emotions as readonly string[]).includes(name));
  if (others.length > 0) {
    throw new LabError(
      `${folder} is not empty: it holds ${others[0]}.`,
      "Name a new or an empty folder for the view.",
    );
  }
  for (const emotion of emotions) await mkdir(join(folder, emotion), { recursive: true });
  const counts = Object.fromEntries(emotions.map((emotion) => [emotion, 0])) as Record<
    (typeof emotions)[number],
    number
  >;
  for (const clip of clips) {
    await linkClip(resolve(clip.path), join(folder, clip.emotion, clip.id.replaceAll("/", "_")));
    counts[clip.emotion] += 1;
  }
  return counts;
}

async function linkClip(from: string, to: string): Promise<void> {
  for (const make of [symlink, link, copyFile]) {
    try {
      await make(from, to);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (code === "EEXIST") return;
      if (!["EPERM", "ENOTSUP", "ENOSYS", "EXDEV"].includes(code) || make === copyFile) throw error;
    }
  }
}
