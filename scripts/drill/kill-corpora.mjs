import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { compiled } from "../benchmark/compiled.mjs";
import { places } from "../setup/places.mjs";
import { capture } from "../setup/run-command.mjs";
import { serveFolder } from "./file-server.mjs";
import { contentOfFolder, filesBelow } from "./folder-content.mjs";
import { killAndCompare } from "./kills.mjs";
import { linkTree } from "./laboratory.mjs";
import { mergeFindings } from "./merge-findings.mjs";
import { Skipped } from "./part.mjs";

/** @type {typeof import("../../src/core/hash.js")} */
const { sha256 } = compiled("core/hash");
/** @type {typeof import("../../src/corpora/manifest.js")} */
const { readManifest } = compiled("corpora/manifest");

const corpora = ["ravdess", "crema-d", "tess"];

/** @type {import("./part.mjs").Part} */
export const killCorpora = {
  name: "kill-corpora",
  title: "kill -9 while downloading and importing corpora",
  promise:
    "Started again, the store holds every recording whole, with its manifest; a recording that is cut off never has its name.",
  async run(context) {
    const { laboratory, amounts } = context;
    const publisher = await openPublisher(laboratory.sample, laboratory.newFolder("publisher"));
    const half = { ...context, amounts: { ...amounts, kills: Math.ceil(amounts.kills / 2) } };
    /** @param {string} name @param {readonly string[]} command @param {typeof context} how */
    const work = (name, command, how) =>
      killAndCompare(
        {
          prepare: () => {
            const place = laboratory.newWorkplace(name, { withSample: false });
            publisher.announceIn(place.root);
            return place;
          },
          command: () => command,
          outcome: ({ home }) => withoutTimes(contentOfFolder(join(home, "corpora")), home),
          damage: ({ home }) => damagedCorpora(home, publisher.checksums),
        },
        how,
      );
    try {
      return mergeFindings({
        "import of a folder": await work(
          "import",
          ["corpora", "import", "all", "--from", laboratory.sample],
          context,
        ),
        "download of an archive": await work("archive", ["corpora", "download", "ravdess"], half),
        "download of single files": await work("files", ["corpora", "download", "crema-d"], half),
      });
    } finally {
      await publisher.close();
    }
  },
};

/**
 * A publisher on this machine whose corpora are the synthetic speech: RAVDESS as an archive, CREMA-D as single files.
 * @param {string} sample
 * @param {string} folder
 */
async function openPublisher(sample, folder) {
  for (const corpus of corpora) linkTree(join(sample, corpus), join(folder, corpus));
  // Single files are asked for under one address, so they lie in one folder there.
  const cremaFiles = filesBelow(join(folder, "crema-d")).filter((name) => name.endsWith(".wav"));
  linkTree(dirname(join(folder, "crema-d", cremaFiles[0] ?? "")), join(folder, "flat"));
  const zip = capture(places.python, [
    "-m",
    "zipfile",
    "-c",
    join(folder, "ravdess.zip"),
    join(folder, "ravdess"),
  ]);
  if (!zip.ok) throw new Skipped(`no archive could be made: ${zip.err}`);
  const checksums = new Map(
    corpora.flatMap((corpus) =>
      filesBelow(join(folder, corpus))
        .filter((name) => name.endsWith(".wav"))
        .map(
          (name) => /** @type {const} */ ([basename(name), sha256(readFileSync(join(folder, corpus, name)))]),
        ),
    ),
  );
  const server = await serveFolder(folder, { pieceBytes: 1 << 18, pauseMs: 30 });
  /** @type {Record<string, any>} */
  const sources = JSON.parse(readFileSync(join(places.root, "data", "sources.json"), "utf8"));
  sources.ravdess.download = { kind: "zip", url: `${server.url}ravdess.zip` };
  sources["crema-d"].download = { kind: "files", url: `${server.url}flat/` };
  sources["crema-d"].tables = [`${server.url}crema-d/VideoDemographics.csv`];
  return {
    checksums,
    close: server.close,
    /** Makes a checkout know this publisher and its checksums. @param {string} root */
    announceIn(root) {
      const data = join(root, "data");
      for (const name of ["sources.json", "checksums"]) rmSync(join(data, name)); // links to the user's
      writeFileSync(join(data, "sources.json"), JSON.stringify(sources));
      mkdirSync(join(data, "checksums"));
      for (const corpus of corpora) {
        const names = filesBelow(join(folder, corpus)).map((name) => basename(name));
        const lines = names
          .filter((name) => checksums.has(name))
          .map((name) => `${checksums.get(name)}  ${name}\n`);
        writeFileSync(join(data, "checksums", `${corpus}.sha256`), lines.join(""));
      }
    },
  };
}

/**
 * Manifests say when a file was modified: of a downloaded one that is when it arrived.
 * @param {Record<string, string>} content
 * @param {string} home
 */
function withoutTimes(content, home) {
  const manifests = Object.keys(content).filter((name) => name.endsWith("manifest.csv"));
  const texts = manifests.map((name) => [
    name,
    readFileSync(join(home, "corpora", name), "utf8").replace(/^([^,]*,[^,]*,[^,]*),[^,]*/gm, "$1"),
  ]);
  return { ...content, ...Object.fromEntries(texts) };
}

/**
 * @param {string} home
 * @param {ReadonlyMap<string, string>} checksums
 */
async function damagedCorpora(home, checksums) {
  const folder = join(home, "corpora");
  const damage = Object.entries(contentOfFolder(folder))
    .filter(([name, sum]) => name.endsWith(".wav") && checksums.get(basename(name)) !== sum)
    .map(([name]) => `${name} is not the publisher's file`);
  for (const corpus of corpora) {
    for (const { file, sha256: sum } of (await readManifest(join(folder, corpus))) ?? [])
      if (checksums.get(basename(file)) !== sum) damage.push(`the manifest of ${corpus} has another ${file}`);
  }
  return damage;
}
