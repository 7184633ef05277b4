import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import pRetry, { AbortError } from "p-retry";
import { LabError, messageOf } from "../core/errors.js";
import { sha256OfFile } from "../core/hash.js";
import type { ProgressListener } from "../core/progress.js";
import { type LongWork, throwIfStopped } from "./long-work.js";

/** How a file is fetched. */
export interface FetchOptions extends LongWork {
  /** What the content must hash to; another content is thrown away and fetched anew. */
  readonly sha256?: string | undefined;
  /** How often a failed transfer is taken up again, and the first pause between two tries, ms (it doubles). */
  readonly retries?: number;
  readonly firstPauseMs?: number;
  /** More than this is refused, whether it is declared or arrives all the same; 4 GiB where absent. */
  readonly mostBytes?: number;
  /** How long nothing may arrive, ms. */
  readonly idleMs?: number;
  /** Told the bytes that are there and those that there will be (0 when the server does not say). */
  readonly onBytes?: (done: number, total: number) => void;
}

/**
 * Fetches `url` to `path`. What has arrived lies in `<path>.part` and is taken up again from there (HTTP Range, as long
 * as the server's file is still the same by its ETag), after a broken connection and after a killed process alike; the
 * file gets its name when it is whole and its SHA-256 is right. Throws LabError naming the address when the server
 * refuses or sends too much, when the tries are used up, or when the disk is full; InterruptedError when a stop was
 * asked for.
 */
export async function fetchFile(url: string, path: string, options: FetchOptions = {}): Promise<void> {
  const { retries = 5, firstPauseMs = 1000 } = options;
  await mkdir(dirname(path), { recursive: true });
  try {
    await pRetry(() => fetchOnce(url, path, options), {
      retries,
      minTimeout: firstPauseMs,
      factor: 2,
      maxTimeout: 60_000,
    });
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError(
      `${url} could not be fetched: ${reasonOf(error)}.`,
      "Check the network and run again: what has arrived is kept.",
    );
  }
}

async function fetchOnce(url: string, path: string, options: FetchOptions): Promise<void> {
  const part = `${path}.part`;
  try {
    await receive(url, part, options);
    if (options.sha256 !== undefined && (await sha256OfFile(part)) !== options.sha256) {
      await forget(part);
      throw new Error("what arrived is not the publisher's file (its SHA-256 differs)");
    }
    await rename(part, path);
    await rm(`${part}.etag`, { force: true });
  } catch (error) {
    if (error instanceof LabError) throw new AbortError(error);
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") {
      throw new AbortError(
        new LabError(
          `The disk is full: ${path} is incomplete.`,
          "Free some space and run again; nothing is lost.",
        ),
      );
    }
    // p-retry gives up at once on a TypeError that is not a network error; fetch wraps all of its failures in one.
    throw error instanceof TypeError ? new Error(reasonOf(error)) : error;
  }
}

/** Appends to `part` until the server's file is whole. Throws what may be tried again, or LabError/AbortError. */
async function receive(url: string, part: string, options: FetchOptions): Promise<void> {
  throwIfStopped(options, "The download");
  const have = (await stat(part).catch(() => null))?.size ?? 0;
  const etag = await readFile(`${part}.etag`, "utf8").catch(() => "");
  const idle = new AbortController();
  const { idleMs = 60_000, mostBytes = 4 * 2 ** 30 } = options;
  let timer = setTimeout(() => idle.abort(), idleMs);
  try {
    const range = have > 0 ? { Range: `bytes=${have}-`, ...(etag !== "" && { "If-Range": etag }) } : {};
    // Without this a server may compress on the way, and ranges would count compressed bytes.
    const headers = { ...range, "Accept-Encoding": "identity" };
    const response = await fetch(url, { headers, signal: idle.signal });
    const goesOn = response.status === 206;
    if (response.status === 416) {
      await response.body?.cancel();
      if (totalOf(response) === have) return;
      await forget(part);
      throw new Error("the file on the server has changed");
    }
    if (!response.ok || response.body === null) throw refusal(url, response.status);
    if (goesOn && !response.headers.get("content-range")?.startsWith(`bytes ${have}-`)) {
      await response.body.cancel();
      await forget(part);
      throw new Error("the server sent another range than was asked for");
    }
    const start = goesOn ? have : 0;
    const total = start + Number(response.headers.get("content-length") ?? 0);
    if (total > mostBytes) {
      await response.body.cancel();
      throw tooLarge(url, mostBytes);
    }
    await writeFile(`${part}.etag`, strongEtag(response));
    let done = start;
    const file = await open(part, goesOn ? "a" : "w");
    try {
      // Written piece by piece, so that whatever was received before a break is on the disk.
      for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
        clearTimeout(timer);
        timer = setTimeout(() => idle.abort(), idleMs);
        if (done + piece.length > mostBytes) {
          await forget(part);
          throw tooLarge(url, mostBytes);
        }
        await file.write(piece);
        done += piece.length;
        options.onBytes?.(done, total > start ? total : 0);
        throwIfStopped(options, "The download");
      }
    } finally {
      await file.close();
    }
    if (total > start && done !== total)
      throw new Error(`the transfer ended after ${done} of ${total} bytes`);
  } catch (error) {
    throw idle.signal.aborted ? new Error(`nothing arrived for ${idleMs / 1000} s`) : error;
  } finally {
    clearTimeout(timer);
  }
}

async function forget(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(`${part}.etag`, { force: true });
}

/** The whole file's size as a 416 answer tells it; NaN when it does not. */
function totalOf(response: Response): number {
  return Number(/^bytes \*\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1] ?? Number.NaN);
}

/** Only a strong ETag may go with If-Range (RFC 9110, 13.1.5). */
function strongEtag(response: Response): string {
  const etag = response.headers.get("etag") ?? "";
  return etag.startsWith("W/") ? "" : etag;
}

/** Some refusals pass (too many requests, an overloaded server); the others are final. */
function refusal(url: string, status: number): Error {
  const mayPass = status === 408 || status === 429 || status >= 500;
  if (mayPass) return new Error(`the server answers ${status}`);
  return new LabError(
    `${url} could not be fetched: the server answers ${status}.`,
    "Fetch the corpus by hand from its publisher and import the folder.",
  );
}

function tooLarge(url: string, mostBytes: number): LabError {
  return new LabError(
    `${url} is refused: it has more than ${Math.floor(mostBytes / 1e6)} MB.`,
    "This is not the publisher's file; check data/sources.json.",
  );
}

/** fetch hides the reason of a failure in `cause`. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : messageOf(cause) || messageOf(error);
}

/** An `onBytes` that tells a progress listener of them, with rate and time to go. */
export function bytesListener(task: string, listener: ProgressListener | undefined) {
  if (listener === undefined) return () => undefined;
  const start = Date.now();
  let first: number | null = null;
  return (done: number, total: number): void => {
    first ??= done;
    const seconds = (Date.now() - start) / 1000;
    const rate = seconds > 0 ? (done - first) / seconds : 0;
    const etaSeconds = rate > 0 && total > 0 ? (total - done) / rate : 0;
    listener({ task, done, total, rate, etaSeconds, note: `${Math.round(done / 1e6)} MB` });
  };
}
