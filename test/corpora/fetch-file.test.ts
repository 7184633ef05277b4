import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InterruptedError } from "../../src/core/errors.js";
import { sha256 } from "../../src/core/hash.js";
import { fetchFile } from "../../src/corpora/fetch-file.js";
import { serveFiles } from "./file-server.js";
import { temporaryFolder } from "./recordings.js";

const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
let server: Awaited<ReturnType<typeof serveFiles>>;
let path: string;
const quick = { firstPauseMs: 5, retries: 3 };

beforeEach(async () => {
  server = await serveFiles({ "/speech.zip": content });
  path = join(temporaryFolder(), "sub", "speech.zip");
});
afterEach(() => server.close());

const ranges = () => server.behaviour.requests.map((request) => request.range);

describe("fetching a file", () => {
  it("brings it whole, tells the bytes, and leaves nothing beside it", async () => {
    const told: number[][] = [];
    await fetchFile(`${server.url}/speech.zip`, path, {
      ...quick,
      sha256: sha256(content),
      onBytes: (done, total) => told.push([done, total]),
    });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(told.at(-1)).toEqual([300_000, 300_000]);
    expect(existsSync(`${path}.part`) || existsSync(`${path}.part.etag`)).toBe(false);
  });

  it.each([false, true])(
    "refuses more than it may have (length hidden: %s), and does not try again",
    async (hidden) => {
      server.behaviour.hidesLength = hidden;
      const fetching = fetchFile(`${server.url}/speech.zip`, path, { ...quick, mostBytes: 200_000 });
      await expect(fetching).rejects.toThrow(/speech.zip is refused: it has more than 0 MB/);
      expect(ranges()).toEqual([undefined]);
      expect(existsSync(path) || existsSync(`${path}.part`)).toBe(false);
    },
  );

  it("goes on where a broken connection ended", async () => {
    server.behaviour.cutAfter = 100_000;
    server.behaviour.cuts = 2;
    await fetchFile(`${server.url}/speech.zip`, path, { ...quick, sha256: sha256(content) });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(ranges()).toEqual([undefined, "bytes=100000-", "bytes=200000-"]);
  });

  it("goes on where an earlier process ended", async () => {
    server.behaviour.cutAfter = 100_000;
    server.behaviour.cuts = 1;
    await expect(fetchFile(`${server.url}/speech.zip`, path, { ...quick, retries: 0 })).rejects.toThrow(
      /speech.zip could not be fetched.*what has arrived is kept/,
    );
    expect(existsSync(path)).toBe(false);
    await fetchFile(`${server.url}/speech.zip`, path, quick);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(ranges().at(-1)).toBe("bytes=100000-");
  });

  it("takes a part that is already whole as it is", async () => {
    await fetchFile(`${server.url}/speech.zip`, path, quick);
    writeFileSync(`${path}.part`, content);
    await fetchFile(`${server.url}/speech.zip`, path, { ...quick, sha256: sha256(content) });
    expect(ranges().at(-1)).toBe("bytes=300000-");
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it("starts anew when the server's file has changed, or the server knows no ranges", async () => {
    server.behaviour.cutAfter = 100_000;
    server.behaviour.cuts = 1;
    await fetchFile(`${server.url}/speech.zip`, path, { ...quick, retries: 0 }).catch(() => undefined);
    writeFileSync(`${path}.part`, Buffer.alloc(100_000, 1));
    server.behaviour.etag = '"v2"';
    await fetchFile(`${server.url}/speech.zip`, path, quick);
    expect(readFileSync(path).equals(content)).toBe(true);
    server.behaviour.ignoresRange = true;
    server.behaviour.cuts = 1;
    await fetchFile(`${server.url}/speech.zip`, path, quick);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it("tries again when the server is busy, and not when it refuses", async () => {
    server.behaviour.failures = 2;
    await fetchFile(`${server.url}/speech.zip`, path, quick);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server.behaviour.requests.length).toBe(3);
    await expect(fetchFile(`${server.url}/none.zip`, path, quick)).rejects.toThrow(
      /none.zip could not be fetched: the server answers 404/,
    );
    expect(server.behaviour.requests.length).toBe(4);
  });

  it("never keeps content with another checksum", async () => {
    await expect(
      fetchFile(`${server.url}/speech.zip`, path, { ...quick, sha256: "0".repeat(64) }),
    ).rejects.toThrow(/not the publisher's file/);
    expect(server.behaviour.requests.length).toBe(4);
    expect(existsSync(path) || existsSync(`${path}.part`)).toBe(false);
  });

  it("ends when asked and keeps what has arrived", async () => {
    const stop = { requested: false, request: () => undefined, release: () => undefined };
    const onBytes = () => {
      stop.requested = true;
    };
    await expect(fetchFile(`${server.url}/speech.zip`, path, { ...quick, stop, onBytes })).rejects.toThrow(
      InterruptedError,
    );
    stop.requested = false;
    await fetchFile(`${server.url}/speech.zip`, path, { ...quick, sha256: sha256(content) });
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it("says what is wrong when nobody answers", async () => {
    await server.close();
    await expect(fetchFile(`${server.url}/speech.zip`, path, { ...quick, retries: 1 })).rejects.toThrow(
      /could not be fetched: .*ECONNREFUSED/,
    );
  });
});
