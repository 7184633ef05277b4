// What Linux tells of a process in /proc; elsewhere everything is 0.
import { readdirSync, readFileSync } from "node:fs";

/**
 * A number of /proc/PID/status; 0 where there is none, and of a process that has ended.
 * @param {number | undefined} pid
 * @param {string} field
 * @returns {number}
 */
export function statusOf(pid, field) {
  try {
    return Number(
      new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0,
    );
  } catch {
    return 0;
  }
}

/**
 * The resident memory of a process and of those that it started, in MiB.
 * @param {number} pid
 * @returns {number}
 */
export function memoryOf(pid) {
  if (process.platform !== "linux") return 0;
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), statusOf(Number(name), "PPid")]),
  );
  const family = [pid];
  for (const one of family) for (const [child, parent] of parents) if (parent === one) family.push(child);
  return Math.round(family.reduce((sum, one) => sum + statusOf(one, "VmRSS"), 0) / 1024);
}
