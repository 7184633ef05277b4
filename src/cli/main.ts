import { exitCodes } from "./exit-codes.js";
import { tellFailure } from "./failure.js";
import { createProgram } from "./program.js";

/** The command `affectlab`; resolves to its exit code (see docs/command-line.md). Never throws. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  // A reader that has seen enough (`| head`) closes the pipe: that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? exitCodes.success : exitCodes.failure);
  });
  try {
    await createProgram().parseAsync([...argv], { from: "user" });
    return Number(process.exitCode ?? exitCodes.success);
  } catch (error) {
    return tellFailure(error);
  }
}
