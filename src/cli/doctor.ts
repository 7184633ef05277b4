import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Command } from "commander";
import { packageRoot } from "../core/settings.js";
import { exitCodes } from "./exit-codes.js";
import { openWorkplace } from "./global-options.js";

/** `affectlab doctor`: what this machine has, and what to do about what is missing. */
export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description(
      "Tell what was found (Node, Python, TensorFlow, GPU, kernel, corpora, disk) and what is missing.",
    )
    .option("--json", "print the findings as JSON")
    .addHelpText(
      "after",
      `
Exit code: 0 when the laboratory can be used, else 1.

Examples:
  affectlab doctor
  affectlab doctor --json`,
    )
    .action(async ({ json }: { json?: true }, command: Command) => {
      const { settings } = await openWorkplace(command);
      // A process of its own: it looks at the machine as `npm start` does, before any package is loaded.
      const script = join(packageRoot, "scripts", "doctor.mjs");
      const { status } = spawnSync(process.execPath, [script, ...(json === true ? ["--json"] : [])], {
        stdio: "inherit",
        env: { ...process.env, AFFECTLAB_HOME: settings.home },
      });
      process.exitCode = status ?? exitCodes.failure;
    });
}
