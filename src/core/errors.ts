/**
 * An error for the person who meets it: what was wrong, with which file or value, and what to do.
 * Commands print `message` and `remedy` and no stack trace; any other error is a defect of affectlab.
 */
export class LabError extends Error {
  /** What the reader can do about it, one sentence. */
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string) {
    super(remedy === undefined ? message : `${message} ${remedy}`);
    this.name = "LabError";
    this.remedy = remedy;
  }
}

/** Raised when work was interrupted on purpose (Ctrl-C, the stop button, SIGTERM); what was reached is kept. */
export class InterruptedError extends LabError {
  constructor(message: string, remedy?: string) {
    super(message, remedy);
    this.name = "InterruptedError";
  }
}

/** What is wrong with a file, as it crosses threads: an error's class does not. */
export interface FileProblem {
  readonly problem: string;
  /** Where it happened, for an error that nobody foresaw: a defect of affectlab, and to be shown as one. */
  readonly defect?: string;
}

/** What a LabError says of the file `path`, which is named in it. Throws any other error: that is a defect. */
export function problemWith(path: string, error: unknown): FileProblem {
  if (!(error instanceof LabError)) throw error;
  return { problem: error.message.includes(path) ? error.message : `${path}: ${error.message}` };
}

/**
 * The same for work whose other files are to be done all the same: a defect becomes a problem of its file too, marked as what
 * it is.
 */
export function problemOrDefect(path: string, error: unknown): FileProblem {
  if (error instanceof LabError) return problemWith(path, error);
  const defect = (error instanceof Error ? error.stack : undefined) ?? messageOf(error);
  return { problem: `${path}: ${messageOf(error)}`, defect };
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
