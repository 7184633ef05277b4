// A slow publisher: files of a folder over HTTP, piece by piece, with ranges and entity tags.
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Serves a folder on loopback.
 * @param {string} folder
 * @param {{ pieceBytes: number, pauseMs: number }} pace
 */
export async function serveFolder(folder, { pieceBytes, pauseMs }) {
  const server = createServer(async (request, response) => {
    try {
      const path = join(folder, decodeURIComponent(new URL(request.url ?? "", "http://x").pathname));
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
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve(undefined));
        server.closeAllConnections();
      }),
  };
}
