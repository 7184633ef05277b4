import { existsSync } from "node:fs";
import { join } from "node:path";
import { places, root } from "../places.mjs";
import { runCommand } from "../run-command.mjs";
import { hashFiles, hashTexts, readStamp, writeStamp } from "../stamps.mjs";
import { committedNotebooks, executedCopy } from "./executed-notebooks.mjs";

const stamp = join(places.reports, ".affectlab.json");

function currentKey() {
  const renderer = [
    join(places.dist, "notebook", "reports"),
    join(root, "scripts", "python", "render_notebooks.py"),
  ];
  return hashTexts([hashFiles(committedNotebooks().map(executedCopy)), hashFiles(renderer)]);
}

/** @type {import("../prepare.mjs").Step} */
export const htmlReports = {
  name: "HTML reports",
  isDone() {
    return existsSync(join(places.reports, "index.html")) && readStamp(stamp) === currentKey();
  },
  async run() {
    const executed = committedNotebooks().map(executedCopy);
    const log = join(places.logs, "reports.log");
    await runCommand(process.execPath, [join(root, "scripts", "reports.mjs"), ...executed], { log });
    writeStamp(stamp, currentKey(), { from: "build/notebooks" });
    return `${executed.length} pages`;
  },
};
