import type { FileProblem } from "../core/errors.js";
import { oneLine } from "../core/shown-text.js";
import { exitCodes } from "./exit-codes.js";
import { defectText } from "./failure.js";

/**
 * Tells on standard error what is wrong with files, as it comes, while others are worked on, and sets the exit code: that of a
 * defect where one of them met one. Each defect's stack is shown once, with the request to report it.
 */
export function openFileProblems(output = (text: string) => process.stderr.write(text)) {
  const shown = new Set<string>();
  return {
    tell({ problem, defect }: FileProblem): void {
      output(`${oneLine(problem)}\n`);
      if (process.exitCode !== exitCodes.defect)
        process.exitCode = defect === undefined ? exitCodes.failure : exitCodes.defect;
      if (defect === undefined || shown.has(defect)) return;
      shown.add(defect);
      output(defectText(defect));
    },
  };
}
