import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/core/settings.js";

/** Whether set-up has installed a package for Python; without one, what runs in it cannot be tested. */
export function pythonHas(name: string): boolean {
  const lib = join(packageRoot, ".venv", "lib");
  if (!existsSync(lib)) return false;
  return readdirSync(lib).some((version) => existsSync(join(lib, version, "site-packages", name)));
}
