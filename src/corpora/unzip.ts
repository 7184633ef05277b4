import { createWriteStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import yauzl from "yauzl";
import { LabError, messageOf } from "../core/errors.js";
import { trackProgress } from "../core/progress.js";
import { type LongWork, throwIfStopped } from "./long-work.js";

/**
 * Extracts the entries of a zip archive that `accept` wants (given their name in the archive) into a folder, under their
 * own paths. Every name is looked at first: an archive with an entry that would leave the folder (`..`, an absolute path,
 * a backslash) or that is a link is refused as a whole, and nothing of it is written. Returns the paths written.
 * Throws LabError for such an archive and for a damaged one; CRC and sizes are checked.
 */
export async function extractZip(
  zipPath: string,
  folder: string,
  accept: (entryName: string) => boolean,
  work: LongWork = {},
): Promise<string[]> {
  try {
    const wanted: string[] = [];
    await eachEntry(zipPath, async (entry) => {
      throwIfUnsafe(entry, zipPath, folder);
      if (!entry.fileName.endsWith("/") && accept(entry.fileName)) wanted.push(entry.fileName);
    });
    const progress = trackProgress("unpack", wanted.length, work.listener);
    const written: string[] = [];
    await eachEntry(zipPath, async (entry, open) => {
      throwIfStopped(work, "Unpacking");
      if (entry.fileName.endsWith("/") || !accept(entry.fileName)) return;
      const path = join(folder, entry.fileName);
      await mkdir(dirname(path), { recursive: true });
      await pipeline(await open(), checkCrc(entry), createWriteStream(`${path}.part`));
      await rename(`${path}.part`, path);
      written.push(path);
      progress.advance(1, entry.fileName);
    });
    return written;
  } catch (error) {
    if (error instanceof LabError) throw error;
    const message = messageOf(error);
    if (/invalid relative path|absolute path|invalid characters in fileName/.test(message)) {
      throw hostile(zipPath, message);
    }
    throw new LabError(`${zipPath} cannot be unpacked: ${message}.`, "Delete it and download it again.");
  }
}

/** Passes an entry's bytes on and throws at their end when they are not those that were packed; yauzl leaves this out. */
function checkCrc(entry: yauzl.Entry) {
  return async function* (pieces: AsyncIterable<Uint8Array>) {
    let crc = 0;
    for await (const piece of pieces) {
      crc = crc32(piece, crc);
      yield piece;
    }
    if (crc !== entry.crc32) throw new Error(`the CRC of ${entry.fileName} differs`);
  };
}

type Visit = (entry: yauzl.Entry, open: () => Promise<Readable>) => Promise<void>;

/** Visits the entries one after the other, in the order of the archive's directory. */
function eachEntry(zipPath: string, visit: Visit): Promise<void> {
  return new Promise((done, fail) => {
    yauzl.open(zipPath, { lazyEntries: true, strictFileNames: true }, (openError, zip) => {
      if (openError !== null) {
        fail(openError);
        return;
      }
      const open = (entry: yauzl.Entry) => (): Promise<Readable> =>
        new Promise((give, refuse) => {
          zip.openReadStream(entry, (error, stream) => (error === null ? give(stream) : refuse(error)));
        });
      const stopWith = (error: unknown): void => {
        zip.close();
        fail(error);
      };
      zip.on("error", stopWith);
      zip.on("end", done);
      zip.on("entry", (entry: yauzl.Entry) => {
        visit(entry, open(entry)).then(() => zip.readEntry(), stopWith);
      });
      zip.readEntry();
    });
  });
}

/** yauzl refuses such names itself; this is the second lock, and knows links. */
function throwIfUnsafe(entry: yauzl.Entry, zipPath: string, folder: string): void {
  const target = resolve(folder, entry.fileName);
  if (target !== resolve(folder) && !target.startsWith(resolve(folder) + sep)) {
    throw hostile(zipPath, `${entry.fileName} would leave the folder`);
  }
  const unixMode = entry.externalFileAttributes >>> 16;
  if ((unixMode & 0o170000) === 0o120000) throw hostile(zipPath, `${entry.fileName} is a link`);
}

function hostile(zipPath: string, reason: string): LabError {
  return new LabError(
    `${zipPath} is refused: ${reason}.`,
    "Nothing was unpacked; this is not the publisher's archive.",
  );
}
