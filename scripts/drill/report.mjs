// The report: what was promised, what held, what did not.

/**
 * @typedef {object} PartReport
 * @property {string} name
 * @property {string} title
 * @property {string} promise
 * @property {number} seconds
 * @property {number} seed
 * @property {string} date
 * @property {string} version the commit that was tried
 * @property {string} machine
 * @property {string} [skipped] why it was not done
 * @property {import("./part.mjs").Check[]} checks
 * @property {string[]} notes
 */

/**
 * @typedef {object} Report
 * @property {"short" | "long"} length
 * @property {PartReport[]} parts
 * @property {string[]} missing parts that have not been done yet
 */

/** @param {PartReport} part */
export const holds = (part) => part.skipped === undefined && part.checks.every((one) => one.holds);

/** @param {PartReport} part */
const verdict = (part) =>
  part.skipped !== undefined ? "skipped" : holds(part) ? "held" : "**did not hold**";

/**
 * @param {Report} report
 * @returns {string} Markdown
 */
export function reportMarkdown({ length, parts, missing }) {
  const minutes = parts.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  const command = length === "long" ? "npm run drill -- --long" : "npm run drill";
  const machines = [...new Set(parts.map(({ machine }) => machine))];
  return [
    "# Drill",
    "",
    `What was done to affectlab and what held: \`${command}\`, ${minutes.toFixed(0)} minutes. ${machines.join("; ")}. [How it works and how to run it](robustness.md).`,
    "",
    "| part | | checks | time | done on | commit | seed |",
    "|---|---|--:|--:|---|---|--:|",
    ...parts.map((part) => {
      const held = part.checks.filter((one) => one.holds).length;
      return `| [${part.title}](#${anchor(part.title)}) | ${verdict(part)} | ${held} of ${part.checks.length} | ${minutesOf(part.seconds)} | ${part.date} | ${part.version} | ${part.seed} |`;
    }),
    ...(missing.length > 0 ? ["", `Not done yet: ${missing.join(", ")}.`] : []),
    ...parts.flatMap(partMarkdown),
    "",
  ].join("\n");
}

/** @param {PartReport} part */
function partMarkdown({ title, promise, skipped, checks, notes }) {
  return [
    "",
    `## ${title}`,
    "",
    promise,
    "",
    ...(skipped === undefined ? [] : [`Skipped: ${skipped}`]),
    ...checks.map(
      ({ what, holds: held, detail }) =>
        `- ${held ? "✓" : "**✗**"} ${what}${detail === undefined ? "" : `: ${plain(detail)}`}`,
    ),
    ...(notes.length === 0 ? [] : ["", notes.map(plain).join(" ")]),
  ];
}

/** @param {string} text */
const plain = (text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replace(/\s+/g, " ");

/** @param {string} title */
const anchor = (title) =>
  title
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");

/** @param {number} seconds */
function minutesOf(seconds) {
  return seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
}
