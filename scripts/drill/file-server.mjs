// A slow publisher: files of a folder over HTTP, piece by piece, with ranges and entity tags.
import { randomBytes } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { join, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Serves a folder on loopback, below a path that nobody guesses.
 * @param {string} folder
 * @param {{ pieceBytes: number, pauseMs: number }} pace
 */
export async function serveFolder(folder, { pieceBytes, pauseMs }) {
  const token = `/${randomBytes(24).toString("base64url")}/`;
  const server = createServer(async (request, response) => {
    try {
      const { pathname } = new URL(request.url ?? "", "http://x");
      const path = join(folder, decodeURIComponent(pathname.slice(token.length)));
      if (!pathname.startsWith(token) || !path.startsWith(folder + sep)) throw new Error("not of the folder");
      const { size } = statSync(path);
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
      if (start >= size) {
        response.writeHead(416, { "Content-Range": `bytes */${size}` }).end();
        return;
      }
      const isPart = request.headers.range !== undefined;
      response.writeHead(isPart ? 206 : 200, {
        "Content-Length": size - start,
        ETag: `"${size}"`,
        ...(isPart && { "Content-Range": `bytes ${start}-${size - 1}/${size}` }),
      });
      for await (const piece of createReadStream(path, { start, highWaterMark: pieceBytes })) {
        response.write(piece);
        await sleep(pauseMs);
      }
      response.end();
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}${token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve(undefined));
        server.closeAllConnections();
      }),
  };
}
