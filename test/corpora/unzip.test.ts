import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { archiveLimits, extractZip } from "../../src/corpora/unzip.js";
import { temporaryFolder } from "./recordings.js";
import { type ZipEntry, zipBytes } from "./zip-bytes.js";

const data = Buffer.from("some sound");
let folder: string;
let archive: string;
const extract = (entries: readonly ZipEntry[]) => {
  writeFileSync(archive, zipBytes(entries));
  return extractZip(archive, join(folder, "out"), (name) => name.endsWith(".wav"));
};

beforeEach(() => {
  folder = temporaryFolder();
  archive = join(folder, "speech.zip");
});

describe("unpacking", () => {
  it("writes the wanted entries under their own paths", async () => {
    const written = await extract([
      { name: "Actor_01/", data: Buffer.alloc(0) },
      { name: "Actor_01/a.wav", data },
      { name: "readme.txt", data },
    ]);
    expect(written).toEqual([join(folder, "out/Actor_01/a.wav")]);
    expect(readFileSync(written[0] as string).equals(data)).toBe(true);
    expect(readdirSync(join(folder, "out"))).toEqual(["Actor_01"]);
  });

  it.each([
    "../evil.wav",
    "a/../../evil.wav",
    "/tmp/evil.wav",
    "C:/evil.wav",
    "..\\evil.wav",
    "a\\..\\..\\evil.wav",
  ])("refuses an archive with the entry %s as a whole", async (name) => {
    const extracting = extract([
      { name: "good.wav", data },
      { name, data },
    ]);
    await expect(extracting).rejects.toThrow(/speech.zip is refused: .*Nothing was unpacked/);
    await expect(extracting).rejects.toBeInstanceOf(LabError);
    expect(existsSync(join(folder, "out"))).toBe(false);
    expect(readdirSync(folder)).toEqual(["speech.zip"]);
  });

  it("refuses a file with the folder's own name, which would lie beside it", async () => {
    writeFileSync(archive, zipBytes([{ name: ".", data }]));
    mkdirSync(join(folder, "out"));
    await expect(extractZip(archive, join(folder, "out"), () => true)).rejects.toThrow(
      /refused: \. would leave the folder/,
    );
    expect(readdirSync(folder).sort()).toEqual(["out", "speech.zip"]);
  });

  it("leaves no part of a file behind that cannot be put at its place", async () => {
    const entries = [
      { name: "a/b.wav", data },
      { name: "a", data },
    ];
    writeFileSync(archive, zipBytes(entries));
    await expect(extractZip(archive, join(folder, "out"), () => true)).rejects.toThrow(/cannot be unpacked/);
    expect(readdirSync(join(folder, "out"))).toEqual(["a"]);
  });

  it("refuses a name that no file can have, whatever else is wrong with the entry", async () => {
    const entry = { name: "a\0.wav", data, declaredBytes: 0 };
    await expect(extract([entry])).rejects.toThrow(/refused: .* no file can have/);
    await new Promise((resolve) => setTimeout(resolve, 50)); // nothing of it may go on, and fail unheard
    expect(readdirSync(folder)).toEqual(["speech.zip"]);
  });

  it("refuses links, through which a later entry could leave the folder", async () => {
    const link = { name: "link.wav", data: Buffer.from("/etc"), mode: 0o120777 };
    await expect(extract([link])).rejects.toThrow(/refused: link.wav is a link/);
    const folderLink = { name: "out", data: Buffer.from("/tmp"), mode: 0o120777 };
    await expect(extract([folderLink, { name: "out/a.wav", data }])).rejects.toThrow(
      /refused: out is a link/,
    );
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it.each([
    ["a device", 0o020666],
    ["a pipe", 0o010666],
  ])("refuses %s", async (_name, mode) => {
    await expect(extract([{ name: "a.wav", data, mode }])).rejects.toThrow(
      /a.wav is neither file nor folder/,
    );
  });

  it("refuses a name that comes twice, of which each reader takes another", async () => {
    const twice = [
      { name: "a.wav", data },
      { name: "a.wav", data: Buffer.from("another") },
    ];
    await expect(extract(twice)).rejects.toThrow(/refused: a.wav comes twice/);
  });

  it("refuses a bomb by what it declares, before anything is written", async () => {
    const zeros = Buffer.alloc(200 * 2 ** 20);
    await expect(extract([{ name: "zeros.wav", data: zeros }])).rejects.toThrow(
      /refused: it would unpack to more than \d+ MB/,
    );
    const huge = { name: "huge.wav", data, declaredBytes: 0xfffffff0 };
    await expect(extract([{ name: "good.wav", data }, huge])).rejects.toThrow(
      /huge.wav would unpack to 4295 MB/,
    );
    const many = Array.from({ length: 12 }, (_, i) => ({ name: `${i}.txt`, data }));
    writeFileSync(archive, zipBytes(many));
    const few = { ...archiveLimits, mostEntries: 10 };
    await expect(extractZip(archive, join(folder, "out"), () => true, {}, few)).rejects.toThrow(
      /more than 10 entries/,
    );
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it("stops at an entry that holds more than it declares, and leaves nothing of it", async () => {
    const liar = { name: "liar.wav", data: Buffer.alloc(2 ** 20), declaredBytes: 100 };
    await expect(extract([liar])).rejects.toThrow(/speech.zip cannot be unpacked: too many bytes/);
    expect(readdirSync(join(folder, "out"))).toEqual([]);
  });

  it("tells a damaged archive from a hostile one", async () => {
    await expect(extract([{ name: "a.wav", data, crc: 1 }])).rejects.toThrow(/speech.zip cannot be unpacked/);
    writeFileSync(archive, "no archive");
    await expect(extractZip(archive, folder, () => true)).rejects.toThrow(/speech.zip cannot be unpacked/);
  });
});
