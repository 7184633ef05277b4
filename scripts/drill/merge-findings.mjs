/**
 * The findings of several pieces of work as those of one part, each check with the name of its piece.
 * @param {Record<string, import("./part.mjs").Findings>} pieces
 * @returns {import("./part.mjs").Findings}
 */
export function mergeFindings(pieces) {
  return {
    checks: Object.entries(pieces).flatMap(([name, { checks }]) =>
      checks.map((one) => ({ ...one, what: `${name}: ${one.what}` })),
    ),
    notes: Object.entries(pieces).flatMap(([name, { notes = [] }]) =>
      notes.map((note) => `${name}: ${note}`),
    ),
  };
}
