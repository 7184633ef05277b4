import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** What tells a process from every other one, also from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Where its number means something: the host and, on Linux, its space of process numbers (a container has its own). */
  readonly machine: string;
  /** When it began, as its system counts; empty where the system does not tell. */
  readonly began: string;
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, machine: thisMachine(), began: beginningOf(process.pid) };
}

/**
 * Whether a process lives: null for one of another machine, of which nothing can be said from here. A process that has
 * the number but began at another time is another one.
 */
export function isLiving({ pid, machine, began }: ProcessIdentity): boolean | null {
  if (machine !== thisMachine()) return null;
  if (!hasProcess(pid)) return false;
  return began === "" || beginningOf(pid) === began;
}

function thisMachine(): string {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname(); // no Linux
  }
}

function beginningOf(pid: number): string {
  try {
    if (process.platform === "linux") {
      // proc(5): the 22nd field is the start in clock ticks since boot; the second may hold blanks and parentheses.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${fields[19]}`;
    }
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // another user's process is one all the same
  }
}
