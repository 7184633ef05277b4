/** What the command `affectlab` ends with; docs/command-line.md lists them. */
export const exitCodes = {
  success: 0,
  /** Something given was wrong or is missing, or something that was checked did not hold. */
  failure: 1,
  /** The command line itself: an unknown command or option, a missing argument. */
  usage: 2,
  /** A defect of affectlab. */
  defect: 70,
  /** Ctrl-C, and SIGTERM: what was reached is kept. */
  interrupted: 130,
  terminated: 143,
} as const;
