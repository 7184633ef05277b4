import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import yauzl from "yauzl";
import { LabError, messageOf } from "../core/errors.js";
import { trackProgress } from "../core/progress.js";
import { type LongWork, throwIfStopped } from "./long-work.js";

/** What an archive may unpack to; more is refused before anything of it is written. */
export interface ArchiveLimits {
  readonly mostEntries: number;
  readonly mostEntryBytes: number;
  /** Of all wanted entries together. */
  readonly mostBytes: number;
  /** Bytes unpacked for a byte of the archive. Speech packs to a half; deflate at its utmost to a thousandth. */
  readonly mostGrowth: number;
}

/** Ten times what the largest published corpus has of each. */
export const archiveLimits: ArchiveLimits = {
  mostEntries: 100_000,
  mostEntryBytes: 256 * 2 ** 20,
  mostBytes: 8 * 2 ** 30,
  mostGrowth: 100,
};

/**
 * Extracts the entries of a zip archive that `accept` wants (given their name in the archive) into a folder, under their
 * own paths. Every name is looked at first: an archive with an entry that would leave the folder (`..`, an absolute path,
 * a backslash), that is a link or a device or that comes twice, and one that would unpack to more than the limits, is
 * refused as a whole, and nothing of it is written. Returns the paths written. Throws LabError for such an archive and
 * for a damaged one; CRC and sizes are checked, so that no entry gives more bytes than it has declared.
 */
export async function extractZip(
  zipPath: string,
  folder: string,
  accept: (entryName: string) => boolean,
  work: LongWork = {},
  limits: ArchiveLimits = archiveLimits,
): Promise<string[]> {
  try {
    const wanted = new Set<string>();
    const checkRoom = openRoomCheck(zipPath, (await stat(zipPath)).size, limits);
    await eachEntry(zipPath, async (entry) => {
      throwIfUnsafe(entry, zipPath, folder);
      const isWanted = !entry.fileName.endsWith("/") && accept(entry.fileName);
      checkRoom(entry, isWanted);
      if (!isWanted) return;
      if (wanted.has(entry.fileName)) throw hostile(zipPath, `${entry.fileName} comes twice`);
      wanted.add(entry.fileName);
    });
    const progress = trackProgress("unpack", wanted.size, work.listener);
    const written: string[] = [];
    await eachEntry(zipPath, async (entry, open) => {
      throwIfStopped(work, "Unpacking");
      if (entry.fileName.endsWith("/") || !accept(entry.fileName)) return;
      const path = join(folder, entry.fileName);
      await mkdir(dirname(path), { recursive: true });
      const part = `${path}.part`;
      try {
        await pipeline(await open(), checkCrc(entry), createWriteStream(part));
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
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

/** Counts what entries declare; gives what throws LabError where that passes the limits. */
function openRoomCheck(zipPath: string, packedBytes: number, limits: ArchiveLimits) {
  let entries = 0;
  let bytes = 0;
  const most = Math.min(limits.mostBytes, Math.max(2 ** 20, limits.mostGrowth * packedBytes));
  return ({ fileName, uncompressedSize }: yauzl.Entry, isWanted: boolean): void => {
    entries++;
    if (entries > limits.mostEntries)
      throw hostile(zipPath, `it has more than ${limits.mostEntries} entries`);
    if (!isWanted) return;
    bytes += uncompressedSize;
    if (uncompressedSize > limits.mostEntryBytes) {
      throw hostile(zipPath, `${fileName} would unpack to ${inMegabytes(uncompressedSize)} MB`);
    }
    if (bytes > most) throw hostile(zipPath, `it would unpack to more than ${inMegabytes(most)} MB`);
  };
}

function inMegabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}

/**
 * yauzl refuses names that lead out itself; this is the second lock, and knows links and names of the folder itself
 * (`.`): a file of such a name would be written beside it.
 */
function throwIfUnsafe(entry: yauzl.Entry, zipPath: string, folder: string): void {
  const target = resolve(folder, entry.fileName);
  const isFolderItself = target === resolve(folder) && entry.fileName.endsWith("/");
  if (!isFolderItself && !target.startsWith(resolve(folder) + sep)) {
    throw hostile(zipPath, `${entry.fileName} would leave the folder`);
  }
  if (entry.fileName.includes("\0")) {
    throw hostile(zipPath, `${JSON.stringify(entry.fileName)} is a name that no file can have`);
  }
  const fileType = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (fileType === 0o120000) throw hostile(zipPath, `${entry.fileName} is a link`);
  // 0: the archive was not made on Unix, and does not tell.
  if (![0, 0o100000, 0o040000].includes(fileType)) {
    throw hostile(zipPath, `${entry.fileName} is neither file nor folder`);
  }
}

function hostile(zipPath: string, reason: string): LabError {
  return new LabError(
    `${zipPath} is refused: ${reason}.`,
    "Nothing was unpacked; this is not the publisher's archive.",
  );
}
