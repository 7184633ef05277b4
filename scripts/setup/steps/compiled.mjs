import { existsSync } from "node:fs";
import { join } from "node:path";
import { places, root } from "../places.mjs";
import { runCommand } from "../run-command.mjs";
import { hashFiles, readStamp, writeStamp } from "../stamps.mjs";

const stamp = join(places.dist, ".affectlab.json");

function currentKey() {
  return hashFiles(
    [join(root, "src"), join(root, "tsconfig.json"), join(root, "tsconfig.build.json")],
    (file) => !file.includes("/src/web/"),
  );
}

/**
 * Compiles src/ to dist/ and notes what of. `run` runs Node with the arguments, and does not come back when that fails.
 * @param {(args: string[]) => unknown} run
 */
export async function compile(run) {
  const key = currentKey();
  // node_modules/.bin/tsc may be tslab's older compiler.
  await run([join(places.modules, "typescript", "bin", "tsc"), "-p", join(root, "tsconfig.build.json")]);
  writeStamp(stamp, key);
}

/** @type {import("../prepare.mjs").Step} */
export const compiled = {
  name: "TypeScript to dist",
  isDone() {
    return existsSync(join(places.dist, "index.js")) && readStamp(stamp) === currentKey();
  },
  async run() {
    const log = join(places.logs, "build.log");
    await compile((args) => runCommand(process.execPath, args, { log }));
  },
};
