/** An error for the person at the terminal: what was wrong and, in one sentence, what to do about it. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} [remedy]
   */
  constructor(message, remedy) {
    super(message);
    this.name = "SetupError";
    this.remedy = remedy;
  }
}

/**
 * Prints an error as people need it (a SetupError, or the package's LabError, without a stack trace) and sets the exit
 * code to 1.
 * @param {unknown} error
 */
export function reportFailure(error) {
  if (error instanceof SetupError) {
    console.error(`\n${error.message}${error.remedy ? `\n→ ${error.remedy}` : ""}`);
  } else if (error instanceof Error && error.name === "LabError") {
    console.error(`\n${error.message}`);
  } else {
    console.error(error);
  }
  process.exitCode = 1;
}
