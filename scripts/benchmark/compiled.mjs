import { createRequire } from "node:module";
import { join } from "node:path";
import { places } from "../setup/places.mjs";

const require = createRequire(import.meta.url);

/**
 * A module of the compiled package, by its path under src/ without ending: "kernels/relu".
 * @param {string} path
 * @returns {any}
 */
export function compiled(path) {
  return require(join(places.dist, `${path}.js`));
}
