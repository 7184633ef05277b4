import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./places.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * The pip requirements of environment.yml, for one build of TensorFlow. Reads the one shape this file has, a nested
 * `- pip:` list: no YAML package is installed yet. Throws a SetupError when the TensorFlow line is missing.
 * @param {string} text
 * @param {"cpu" | "cuda"} flavour
 * @returns {string[]}
 */
export function pipRequirements(text, flavour) {
  const list = [];
  let inside = false;
  for (const line of chooseTensorFlow(text, flavour).split("\n")) {
    if (/^\s*-\s*pip:\s*$/.test(line)) {
      inside = true;
      continue;
    }
    if (!inside) continue;
    const item = /^\s{4,}-\s*([^#]+?)\s*(#.*)?$/.exec(line);
    if (item) list.push(item[1]);
    else if (line.trim() !== "" && !line.trim().startsWith("#")) break;
  }
  return list;
}

/**
 * environment.yml with the TensorFlow package of the chosen build: one line differs.
 * @param {string} text
 * @param {"cpu" | "cuda"} flavour
 */
export function chooseTensorFlow(text, flavour) {
  if (!/-\s*tensorflow-cpu==/.test(text)) {
    throw new SetupError(
      "environment.yml has no line `- tensorflow-cpu==VERSION`.",
      "Restore the file from version control.",
    );
  }
  return flavour === "cpu" ? text : text.replace(/tensorflow-cpu==/, "tensorflow[and-cuda]==");
}

/** The text of environment.yml. */
export function readEnvironmentFile() {
  return readFileSync(join(root, "environment.yml"), "utf8");
}
