// A file system of the drill's own: memory that can be made small, large, and read-only.
import { mkdirSync } from "node:fs";
import { capture } from "../setup/run-command.mjs";
import { Skipped } from "./part.mjs";

/**
 * Mounts a file system of so many MiB at a new folder. Throws Skipped where that is not permitted.
 * @param {string} folder
 * @param {number} mebibytes
 */
export function mountDisk(folder, mebibytes) {
  mkdirSync(folder, { recursive: true });
  const options = (/** @type {string} */ more) => ["-o", `${more}size=${mebibytes}m,mode=0755`];
  const mounted = capture("mount", ["-t", "tmpfs", ...options(""), "affectlab-drill", folder]);
  if (!mounted.ok)
    throw new Skipped(`no file system can be mounted here (${mounted.err || "mount is missing"})`);
  /** @param {string} how */
  const remount = (how) => capture("mount", ["-o", `remount,${how}`, folder]).ok;
  return {
    /** @param {number} size MiB */
    resize: (size) => remount(`size=${size}m`),
    /** Makes it read-only; false while a file is open for writing. */
    close: () => remount("ro"),
    open: () => remount("rw"),
    unmount: () => capture("umount", ["-l", folder]),
  };
}
