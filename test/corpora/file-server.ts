import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server has seen and how it misbehaves; may be changed between requests. */
export interface ServerBehaviour {
  /** Cuts the connection after that many bytes of an answer, as often as `cuts` says. */
  cutAfter: number;
  cuts: number;
  /** Answers this status, as often as `failures` says. */
  status: number;
  failures: number;
  etag: string;
  /** Ignores Range, as some servers do. */
  ignoresRange: boolean;
  /** Does not say how much there will be. */
  hidesLength: boolean;
  readonly requests: { readonly path: string; readonly range: string | undefined }[];
}

/** A real HTTP server on this machine that gives files out with Range support, and breaks on demand. */
export async function serveFiles(files: Readonly<Record<string, Uint8Array>>) {
  const behaviour: ServerBehaviour = {
    cutAfter: 0,
    cuts: 0,
    status: 503,
    failures: 0,
    etag: '"v1"',
    ignoresRange: false,
    hidesLength: false,
    requests: [],
  };
  const server = createServer((request, response) => answer(request, response, files, behaviour));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    behaviour,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: Readonly<Record<string, Uint8Array>>,
  behaviour: ServerBehaviour,
): void {
  const path = decodeURIComponent(request.url ?? "");
  const { range, "if-range": ifRange } = request.headers;
  behaviour.requests.push({ path, range });
  const body = files[path];
  if (body === undefined || behaviour.failures > 0) {
    behaviour.failures -= 1;
    response.writeHead(body === undefined ? 404 : behaviour.status).end();
    return;
  }
  const wanted = /^bytes=(\d+)-$/.exec(range ?? "");
  const isSame = ifRange === undefined || ifRange === behaviour.etag;
  const start = wanted !== null && isSame && !behaviour.ignoresRange ? Number(wanted[1]) : 0;
  if (start > 0 && start >= body.length) {
    response.writeHead(416, { "Content-Range": `bytes */${body.length}` }).end();
    return;
  }
  const rest = body.subarray(start);
  const headers = {
    ETag: behaviour.etag,
    ...(behaviour.hidesLength ? {} : { "Content-Length": rest.length }),
  };
  if (start > 0) {
    const contentRange = `bytes ${start}-${body.length - 1}/${body.length}`;
    response.writeHead(206, { ...headers, "Content-Range": contentRange });
  } else response.writeHead(200, headers);
  if (behaviour.cuts > 0 && rest.length > behaviour.cutAfter) {
    behaviour.cuts -= 1;
    // What was written must leave before the connection breaks, or nothing arrives.
    response.write(rest.subarray(0, behaviour.cutAfter), () => setTimeout(() => response.destroy(), 150));
  } else response.end(rest);
}
