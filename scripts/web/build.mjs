import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { build } from "vite";
import { places, root } from "../setup/places.mjs";
import { chooseModel, pageModels } from "./choose-model.mjs";
import { contentSecurityPolicy } from "./headers.mjs";
import { drawIcons } from "./icons.mjs";
import { writeTextPage } from "./text-page.mjs";

const source = join(root, "src", "web");

/**
 * Builds the page into `folder`: static files with relative addresses, for any host and any path.
 * @param {{ folder?: string, models?: readonly string[] }} [options]
 * @returns {Promise<{ folder: string, model: string, bytes: number }>} the model's folder, and the size of all files
 */
export async function buildWeb({ folder = join(places.build, "web"), models = pageModels } = {}) {
  const model = chooseModel(root, models);
  await build({
    configFile: false,
    root: source,
    base: "./",
    logLevel: "warn",
    resolve: {
      alias: [
        { find: /^@tensorflow\/tfjs$/, replacement: join(source, "worker", "tfjs.ts") },
        {
          find: /^@audio\/decode-(?!(?:aac|aiff|caf|flac|mp3|mp4|opus|vorbis|wav|webm)(?:$|\/)).+$/,
          replacement: join(source, "worker", "rare-codec.ts"),
        },
        { find: /^published-model/, replacement: model },
        { find: /^voice-activity/, replacement: join(root, "models", "voice-activity") },
      ],
    },
    plugins: [{ name: "policy", transformIndexHtml: fillPolicy }],
    define: { global: "globalThis" }, // of libsamplerate and wav-decoder
    worker: { format: "es" },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 4096,
      rolldownOptions: {
        input: { page: join(source, "index.html"), "service-worker": join(source, "service-worker.ts") },
        output: {
          // The service worker rules over its own folder and those below: it has to stand on top, under one name.
          entryFileNames: ({ name }) =>
            name === "service-worker" ? "service-worker.js" : "assets/[name]-[hash].js",
        },
      },
    },
  });
  mkdirSync(folder, { recursive: true });
  drawIcons(join(source, "public", "icon.svg"), folder);
  writeTextPage(join(root, "docs", "responsible-use.md"), folder, sheetIn(folder));
  listForOffline(folder);
  return {
    folder,
    model,
    bytes: filesIn(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0),
  };
}

/** @param {string} html */
function fillPolicy(html) {
  return html.replace("%CONTENT_SECURITY_POLICY%", contentSecurityPolicy);
}

/** @param {string} folder */
function sheetIn(folder) {
  const sheet = filesIn(folder).find((file) => file.endsWith(".css"));
  if (sheet === undefined) throw new Error("The build has no style sheet.");
  return sheet;
}

/**
 * Tells the service worker which files there are, and their state by a hash over all of them.
 * @param {string} folder
 */
function listForOffline(folder) {
  const worker = join(folder, "service-worker.js");
  const files = filesIn(folder).filter((file) => file !== "service-worker.js");
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
  const precache = { version: hash.digest("hex").slice(0, 16), files };
  writeFileSync(worker, `self.precache=${JSON.stringify(precache)};\n${readFileSync(worker, "utf8")}`);
}

/**
 * Every file of a folder, by its path from there.
 * @param {string} folder
 */
export function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}
