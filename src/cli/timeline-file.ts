import { basename, extname } from "node:path";
import { LabError } from "../core/errors.js";
import { wholePercent } from "../core/percent.js";
import { oneLine } from "../core/shown-text.js";
import type { RecordingJson } from "../inference/answer-json.js";
import { escapeHtml } from "../notebook/reports/escape.js";
import { timelineCsv, timelineTable } from "./predict-answers.js";

const endings = [".svg", ".html", ".csv"];

/** Throws LabError when a timeline cannot be written to a file of this name. */
export function checkTimelinePath(path: string): void {
  if (endings.includes(extname(path).toLowerCase())) return;
  throw new LabError(
    `A timeline cannot be written as ${path}.`,
    `Its name has to end in ${endings.join(", ")}.`,
  );
}

/** A recording's timeline as a picture, a page of its own that needs nothing else, or rows; by the path's ending. */
export async function writeTimeline(
  path: string,
  answer: RecordingJson,
  labels: readonly string[],
): Promise<void> {
  const { writeFileAtomic } = await import("../core/files.js");
  const ending = extname(path).toLowerCase();
  if (ending === ".csv") return await writeFileAtomic(path, timelineCsv(answer, labels));
  const [{ renderSvg }, { emotionTimeline }] = await Promise.all([
    import("../charts/svg.js"),
    import("../charts/timeline.js"),
  ]);
  const stretches = answer.timeline.map(({ probabilities, ...stretch }) => ({
    ...stretch,
    probabilities: labels.map((label) => probabilities[label]!),
  }));
  const name = answer.file === "-" ? "standard input" : oneLine(basename(answer.file));
  const svg = await renderSvg(emotionTimeline(stretches, labels, `Emotions in ${name}`));
  await writeFileAtomic(path, ending === ".svg" ? svg : timelinePage(name, answer, svg));
}

const style = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 960px; margin: 2rem auto; padding: 0 1rem; }
svg { max-width: 100%; height: auto; border-radius: 6px; }
pre { overflow-x: auto; }
.note { opacity: 0.75; }`;

function timelinePage(name: string, answer: RecordingJson, svg: string): string {
  const { emotion, confidence, speech, unsure, model, duration } = answer;
  const sureness = `${wholePercent(confidence)} confidence${unsure ? ", unsure" : ""}`;
  const summary = speech ? `${emotion} (${sureness})` : "nobody speaks";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Emotions in ${escapeHtml(name)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<h1>Emotions in ${escapeHtml(name)}</h1>
<p>${duration.toFixed(1)} s, model ${escapeHtml(model)}: <strong>${escapeHtml(summary)}</strong>.</p>
${svg}
<pre>${escapeHtml(timelineTable(answer))}</pre>
<p class="note">Which emotion a voice sounds like, by a model that learnt from acted English speech; not what a person feels. Not for decisions about people.</p>
</body>
</html>
`;
}
