import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { compiled } from "../benchmark/compiled.mjs";
import { filesBelow } from "./folder-content.mjs";
import { differencesBetween, lastLine } from "./kills.mjs";
import { linkTree } from "./laboratory.mjs";
import { check, checkNone } from "./part.mjs";
import { runToEnd } from "./product.mjs";
import { contentOfRuns, damagedRuns } from "./run-files.mjs";
import { mountDisk } from "./small-disk.mjs";

/** @type {typeof import("../../src/features/cache-entry.js")} */
const { decodeEntry } = compiled("features/cache-entry");

const train = ["train", "resnet", "--protocol", "combined", "--set", "training.epochs=2"];
/** Shares of what the work takes: full while features are cached, and full at a checkpoint. */
const shares = [0.3, 0.85];

/** @type {import("./part.mjs").Part} */
export const fullDisk = {
  name: "full-disk",
  title: "A disk that fills",
  promise:
    "The command says that the disk is full and ends with 1; what was written is whole, and with more room it goes on to the same result.",
  async run({ laboratory, note }) {
    const roomy = laboratory.newWorkplace("roomy");
    note("undisturbed");
    await runToEnd(roomy, train);
    const expected = contentOfRuns(roomy);
    /** @type {import("./part.mjs").Check[]} */
    const checks = [];
    const sampleMebibytes = mebibytesBelow(laboratory.sample);
    const needed = mebibytesBelow(roomy.home) - sampleMebibytes;
    for (const share of shares) {
      const room = Math.round(share * needed);
      note(`${room} MiB`);
      const { root } = laboratory.newWorkplace("full", { withSample: false });
      const home = join(laboratory.newFolder("disk"), "home");
      const place = { home, root };
      const disk = mountDisk(home, Math.ceil(sampleMebibytes) + room);
      try {
        mkdirSync(join(home, "corpora"));
        linkTree(laboratory.sample, join(home, "corpora", "sample"));
        const full = await runToEnd(place, train);
        checks.push(
          check(
            `${room} MiB: it says that the disk is full`,
            full.code === 1 && /disk is full|ENOSPC/.test(full.stderr),
            `exit code ${full.code}: ${lastLine(full.stderr)}`,
          ),
          checkNone(`${room} MiB: what was written is whole`, [
            ...(await damagedRuns(place)),
            ...damagedFeatures(home),
          ]),
        );
        disk.resize(400);
        const again = await runToEnd(place, train);
        checks.push(
          checkNone(`${room} MiB: with more room it comes to the same result`, [
            ...(again.code === 0 ? [] : [lastLine(again.stderr)]),
            ...differencesBetween(expected, contentOfRuns(place)),
          ]),
        );
      } finally {
        disk.unmount();
      }
    }
    return { checks };
  },
};

/** What the files below a folder take, in whole pages. @param {string} folder */
function mebibytesBelow(folder) {
  const pages = filesBelow(folder).map((name) => Math.ceil(statSync(join(folder, name)).size / 4096));
  return pages.reduce((sum, count) => sum + count, 0) / 256;
}

/** @param {string} home */
function damagedFeatures(home) {
  return filesBelow(join(home, "features"))
    .filter((name) => name.endsWith(".f32"))
    .filter((name) => decodeEntry(readFileSync(join(home, "features", name))) === null);
}
