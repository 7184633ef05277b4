import { randomBytes } from "node:crypto";
import { link, mkdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { InterruptedError } from "./errors.js";
import { readFileIfThere } from "./files.js";
import { sha256 } from "./hash.js";
import { isLiving, ownIdentity, type ProcessIdentity } from "./process-identity.js";
import type { StopSignal } from "./stop-signal.js";

/** Who holds a lock, as its file says. */
export interface LockOwner extends ProcessIdentity {
  /** Differs for every time that a lock is taken. */
  readonly id: string;
}

export interface LockOptions {
  /** Told of the owner, again and again, while somebody else holds the lock. */
  readonly onWait?: ((owner: LockOwner) => void) | undefined;
  readonly stop?: StopSignal | undefined;
  /** Milliseconds between two looks. */
  readonly lookEveryMs?: number;
  /** How long the lock of another machine may show no sign of life before it is taken over, ms. */
  readonly silenceMs?: number;
}

const signEveryMs = 20_000;

/**
 * Takes the lock `path`: a file that names its owner, so that one process does what two were asked to do. Waits while the
 * owner lives; takes over at once from a process of this machine that has ended (killed, power cut, its number given to
 * another), and from one of another machine that has shown no sign of life for three minutes. Returns what gives it back.
 * Throws InterruptedError when stopped while it waits.
 */
export async function takeLock(path: string, options: LockOptions = {}): Promise<() => Promise<void>> {
  const { onWait, stop, lookEveryMs = 500, silenceMs = 180_000 } = options;
  const own: LockOwner = { id: randomBytes(8).toString("hex"), ...ownIdentity() };
  const silence = watchSilence(silenceMs);
  for (;;) {
    const isDead = async (at: string, owner: LockOwner): Promise<boolean> => {
      const lives = isLiving(owner);
      return lives === null ? await silence(at, owner) : !lives;
    };
    if (await tryTaking(path, own, isDead)) break;
    const owner = await readOwner(path);
    if (owner !== null) onWait?.(owner);
    if (stop?.requested === true)
      throw new InterruptedError("Stopped while another process is at it.", "Start it again to go on.");
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  const signs = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, signEveryMs);
  signs.unref();
  return async () => {
    clearInterval(signs);
    if ((await readOwner(path))?.id === own.id) await rm(path, { force: true });
  };
}

/** The owner of a lock; null when nobody holds it, and when a process of this machine did that has ended. */
export async function lockOwner(path: string): Promise<LockOwner | null> {
  const owner = await readOwner(path);
  return owner !== null && isLiving(owner) !== false ? owner : null;
}

/**
 * One try. A dead owner's file is replaced by the one process that holds the claim to succeed that very owner, a lock of
 * the same kind beside it: two that find the owner dead at the same time cannot both follow it.
 */
async function tryTaking(
  path: string,
  own: LockOwner,
  isDead: (path: string, owner: LockOwner) => Promise<boolean>,
): Promise<boolean> {
  if (await create(path, own)) return true;
  const owner = await readOwner(path);
  if (owner === null || !(await isDead(path, owner))) return false;
  const claim = `${path}.${owner.id}`;
  if (!(await tryTaking(claim, own, isDead))) return false;
  try {
    if ((await readOwner(path))?.id !== owner.id) return false;
    await writeFile(`${path}.${own.id}.part`, JSON.stringify(own));
    await rename(`${path}.${own.id}.part`, path);
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

/** Creates the file with its content in one step; false when there is one. */
async function create(path: string, own: LockOwner): Promise<boolean> {
  const part = `${path}.${own.id}.part`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(part, JSON.stringify(own));
  try {
    await link(part, path);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" || code === "ENOENT") return false; // ENOENT: the folder was deleted meanwhile
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(code)) throw error;
    return await createWithoutLinks(path, own);
  } finally {
    await rm(part, { force: true });
  }
}

/** For file systems without hard links: a reader may meet the file before its content and look again. */
async function createWithoutLinks(path: string, own: LockOwner): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(own), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

const ownerShape = z.object({
  id: z.string(),
  pid: z.number().int(),
  machine: z.string(),
  began: z.string(),
});

async function readOwner(path: string): Promise<LockOwner | null> {
  const text = await readFileIfThere(path);
  if (text === null || text === "") return null;
  try {
    return ownerShape.parse(JSON.parse(text));
  } catch {
    // Never written like this: nobody's, and free to be taken over.
    return { ...ownIdentity(), id: sha256(text).slice(0, 16), pid: 0, began: "none" };
  }
}

/** Whether a lock has been the same for so long, by this machine's clock; the clocks of two machines may differ. */
function watchSilence(silenceMs: number): (path: string, owner: LockOwner) => Promise<boolean> {
  const seen = new Map<string, { sign: number; since: number }>();
  return async (path, { id }) => {
    const sign = (await stat(path).catch(() => null))?.mtimeMs ?? 0;
    const before = seen.get(id);
    if (before?.sign !== sign) seen.set(id, { sign, since: Date.now() });
    return before?.sign === sign && Date.now() - before.since >= silenceMs;
  };
}
