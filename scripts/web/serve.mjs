import { basename, dirname } from "node:path";
import { preview } from "vite";
import { SetupError } from "../setup/setup-error.mjs";
import { headers } from "./headers.mjs";

/**
 * Serves a build on this machine alone. Gives its address and what ends it. Throws a SetupError when the port is taken.
 * @param {string} folder
 * @param {number} port 0 takes a free one
 */
export async function serveWeb(folder, port) {
  const server = await preview({
    configFile: false,
    root: dirname(folder),
    build: { outDir: basename(folder) },
    logLevel: "warn",
    preview: { host: "127.0.0.1", port, strictPort: true, headers },
  }).catch((/** @type {unknown} */ error) => {
    throw new SetupError(
      `The page cannot be served on port ${port}: ${error instanceof Error ? error.message : error}.`,
      "Choose another one with --port.",
    );
  });
  const address = server.httpServer.address();
  const used = typeof address === "object" && address !== null ? address.port : port;
  return { url: `http://127.0.0.1:${used}/`, close: () => server.close() };
}
