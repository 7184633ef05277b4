import { basename, dirname } from "node:path";
import { preview } from "vite";
import { SetupError } from "../setup/setup-error.mjs";
import { headers } from "./headers.mjs";

/**
 * Serves a build on this machine alone, below a path that has to be known. Gives its address and what ends it. Throws a
 * SetupError when the port is taken.
 * @param {string} folder
 * @param {number} port 0 takes a free one
 * @param {string} token the path
 */
export async function serveWeb(folder, port, token) {
  const server = await preview({
    configFile: false,
    root: dirname(folder),
    build: { outDir: basename(folder) },
    logLevel: "warn",
    plugins: [onlyBelow(`/${token}`)],
    preview: { host: "127.0.0.1", port, strictPort: true, headers },
  }).catch((/** @type {unknown} */ error) => {
    throw new SetupError(
      `The page cannot be served on port ${port}: ${error instanceof Error ? error.message : error}.`,
      "Choose another one with --port.",
    );
  });
  const address = server.httpServer.address();
  const used = typeof address === "object" && address !== null ? address.port : port;
  return { url: `http://127.0.0.1:${used}/${token}/`, close: () => server.close() };
}

/**
 * Answers what is asked for below a path as if it were the root, and nothing else.
 * @param {string} path
 * @returns {import("vite").Plugin}
 */
function onlyBelow(path) {
  return {
    name: "only-below",
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        if (request.url?.startsWith(`${path}/`)) {
          request.url = request.url.slice(path.length);
          next();
          return;
        }
        response.writeHead(404, { ...headers, "Content-Type": "text/plain" });
        response.end("The address is incomplete: npm run web prints it.");
      });
    },
  };
}
