import { CommanderError } from "commander";
import { InterruptedError, LabError } from "../core/errors.js";
import { shownLines } from "../core/shown-text.js";
import { exitCodes } from "./exit-codes.js";
import { interruptionCode } from "./termination.js";

/** Refusals of the operating system that people can mend, by Node's code. */
const systemRefusals: Readonly<Record<string, string>> = {
  EACCES: "Check the permissions, or set another place with --home.",
  EPERM: "Check the permissions, or set another place with --home.",
  EROFS: "Set another place with --home.",
  ENOSPC: "Free some space and run again.",
  ENOTDIR: "Check the path.",
  EISDIR: "Check the path.",
  EEXIST: "Check the path.",
  EMFILE: "Raise the limit of open files (ulimit -n).",
};

/**
 * Tells of an error on standard error and gives the exit code: what is wrong and what to do, in one or two sentences,
 * for an error made for people; the stack and a request to report it for a defect. Commander has told of usage itself.
 */
export function tellFailure(error: unknown, output = (text: string) => process.stderr.write(text)): number {
  const write = (text: string) => output(shownLines(text));
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  if (error instanceof InterruptedError) {
    write(`${error.message}\n`);
    return interruptionCode();
  }
  if (error instanceof LabError) {
    write(`${error.message}\n`);
    return exitCodes.failure;
  }
  const remedy = systemRefusals[(error as NodeJS.ErrnoException | null)?.code ?? ""];
  if (remedy !== undefined && error instanceof Error) {
    write(`The system refused: ${error.message}. ${remedy}\n`);
    return exitCodes.failure;
  }
  output(defectText((error instanceof Error ? error.stack : undefined) ?? String(error)));
  return exitCodes.defect;
}

/** What is shown of an error that nobody foresaw: its stack, and the request to report it. */
export function defectText(stack: string): string {
  return `${shownLines(stack)}\n\nThis is a defect of affectlab. Please report it with the lines above and the output of \`affectlab doctor\`.\n`;
}
