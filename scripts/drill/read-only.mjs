import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { differencesBetween, lastLine } from "./kills.mjs";
import { linkTree } from "./laboratory.mjs";
import { check, checkNone } from "./part.mjs";
import { runToEnd, start } from "./product.mjs";
import { contentOfRuns, damagedRuns } from "./run-files.mjs";
import { mountDisk } from "./small-disk.mjs";

const train = ["train", "resnet", "--protocol", "combined", "--set", "training.epochs=3"];

/** @type {import("./part.mjs").Part} */
export const readOnly = {
  name: "read-only",
  title: "A folder that turns read-only",
  promise:
    "The command names the place and ends with 1; what was there is read as before, and once it can be written again the work goes on to the same result.",
  async run({ laboratory, note }) {
    const usual = laboratory.newWorkplace("usual");
    note("undisturbed");
    await runToEnd(usual, train);
    const expected = contentOfRuns(usual);
    const { root } = laboratory.newWorkplace("read-only", { withSample: false });
    const home = join(laboratory.newFolder("disk"), "home");
    const place = { home, root };
    // As root no permission binds; a file system that is read-only does.
    const disk = mountDisk(home, 400);
    try {
      mkdirSync(join(home, "corpora"));
      linkTree(laboratory.sample, join(home, "corpora", "sample"));
      note("from the beginning");
      disk.close();
      const refused = await runToEnd(place, train);
      disk.open();

      note("in the middle");
      const training = start(place, train);
      training.child.stdin.end();
      const reached = await training.hasSaid(/epoch 1 of 3/);
      let isClosed = disk.close();
      for (let tries = 0; !isClosed && tries < 500; tries++) {
        await sleep(10); // a file is being written
        isClosed = disk.close();
      }
      const cutOff = await training.ended;
      const damage = await damagedRuns(place);
      disk.open();
      const again = await runToEnd(place, train);
      const differences = differencesBetween(expected, contentOfRuns(place));

      note("a finished run");
      disk.close();
      const read = await runToEnd(place, train);
      disk.open();
      const said = (/** @type {import("./product.mjs").Ended} */ ended) =>
        `exit code ${ended.code}: ${lastLine(ended.stderr)}`;
      return {
        checks: [
          check(
            "read-only from the beginning: it names the place and ends with 1",
            refused.code === 1 && refused.stderr.includes(home),
            said(refused),
          ),
          check(
            "read-only in the middle of a training: it names the place and ends with 1",
            reached && isClosed && cutOff.code === 1 && cutOff.stderr.includes(home),
            said(cutOff),
          ),
          checkNone("what was written is whole", damage),
          checkNone("writable again, it comes to the same result", [
            ...(again.code === 0 ? [] : [said(again)]),
            ...differences,
          ]),
          check("a finished run is read from a folder that cannot be written", read.code === 0, said(read)),
        ],
      };
    } finally {
      disk.unmount();
    }
  },
};
