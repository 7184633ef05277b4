import { existsSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "./errors.js";
import { packageRoot } from "./settings.js";

/** The Python of the laboratory's environment. Throws LabError when set-up has not run. */
export function environmentPython(): string {
  const python = join(packageRoot, ".venv", "bin", "python");
  if (!existsSync(python))
    throw new LabError("There is no Python environment (.venv).", "Run npm start once; it makes everything.");
  return python;
}
