// The study as a table of docs/kernels.md, between two comment lines.

export const studyStart = "<!-- precision: written by `npm run precision`, not by hand -->";
export const studyEnd = "<!-- /precision -->";

/** @typedef {ReturnType<typeof import("./study.mjs").describeStudy>} Study */
/** @typedef {{ value: number, clip: readonly [number, number], speaker: readonly [number, number] | null }} Figure */

/** @param {Study | null} study null before it was first run @returns {string} Markdown */
export function studyMarkdown(study) {
  if (study === null) return "Not run yet.";
  const { model, protocol, epochs, clips, runs, means, differences, differenceOverSeeds } = study;
  const intro = `${model}, ${protocol}, ${epochs} epochs, ${clips} ${study.part}; percent, 95% intervals by clip.`;
  const rows = [
    ...runs.map(({ precision, seed, accuracy, uar }) => [
      precision,
      `${seed}`,
      figure(accuracy),
      figure(uar),
    ]),
    ...means.map(({ precision, accuracy, uar }) => [precision, "mean", figure(accuracy), figure(uar)]),
    ...differences.map(({ seed, accuracy, uar }) => [
      "bf16 − float32",
      `${seed}`,
      figure(accuracy),
      figure(uar),
    ]),
  ];
  const table = [["precision", "seed", "accuracy", "UAR"], [":--", "--:", "--:", "--:"], ...rows];
  const { accuracy, uar } = differenceOverSeeds;
  const sum =
    `Over the three seeds bf16 − float32 is ${byVoice(accuracy)} in accuracy and ${byVoice(uar)} in UAR ` +
    "(intervals by speaker).";
  return `${intro}\n\n${table.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n\n${sum}`;
}

const percent = (/** @type {number} */ share) => (100 * share).toFixed(1);

/** @param {Pick<Figure, "value" | "clip">} figure */
function figure({ value, clip: [low, high] }) {
  return `${percent(value)} [${percent(low)}, ${percent(high)}]`;
}

/** @param {Pick<Figure, "value" | "speaker">} figure */
function byVoice({ value, speaker }) {
  return speaker === null
    ? percent(value)
    : `${percent(value)} [${percent(speaker[0])}, ${percent(speaker[1])}]`;
}
