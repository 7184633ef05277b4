import { createHash } from "node:crypto";
import { escapeHtml } from "./escape.js";
import { profileBadge, type ReportFacts } from "./report-facts.js";
import { reportScript } from "./report-script.js";
import { reportStyle } from "./report-style.js";

/** The file beside the reports that all of them share. */
export const plotlyFile = "plotly.min.js";

/**
 * What a report may do: run the one script of its own and plotly beside it, show pictures and sounds that lie in it, and
 * nothing else. Markup that came into a cell's output by the name of a file can neither run nor fetch anything.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src 'self' file: 'sha256-${createHash("sha256").update(reportScript).digest("base64")}'`,
  "style-src 'unsafe-inline'",
  "img-src 'self' file: data: blob:",
  "media-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

interface PageParts {
  readonly title: string;
  readonly style: string;
  readonly body: string;
  readonly scripts: string;
}

function page({ title, style, body, scripts }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${body}
${scripts}
</body>
</html>
`;
}

/** A link to a report, or an empty place where there is none. */
function linkTo(facts: ReportFacts | undefined, arrow: (title: string) => string): string {
  if (facts === undefined) return "<span></span>";
  return `<a href="${encodeURIComponent(facts.name)}.html">${arrow(escapeHtml(facts.title))}</a>`;
}

/** The page of one notebook: `body` is nbconvert's fragment, `reports` all notebooks in reading order. */
export function reportPage(
  reports: readonly ReportFacts[],
  index: number,
  body: string,
  highlighting: string,
  needsPlotly: boolean,
): string {
  const facts = reports[index]!;
  const date =
    facts.executedAt === null ? "" : `<span>executed ${escapeHtml(facts.executedAt.slice(0, 10))}</span>`;
  const previous = linkTo(reports[index - 1], (title) => `← ${title}`);
  const next = linkTo(reports[index + 1], (title) => `${title} →`);
  return page({
    title: `${facts.title} · affectlab`,
    style: reportStyle + highlighting,
    body: `<header><a class="where" href="index.html">affectlab: all reports</a>${date}${profileBadge(facts.profile)}</header>
<main>${body}</main>
<footer>${previous}${next}</footer>`,
    scripts: needsPlotly ? `<script src="${plotlyFile}"></script>\n<script>${reportScript}</script>` : "",
  });
}

/** The index: a card for every notebook, in reading order. */
export function indexPage(reports: readonly ReportFacts[]): string {
  return page({
    title: "affectlab: reports",
    style: reportStyle,
    body: `<main><h1>affectlab: reports</h1>
<p>Executed notebooks on speech emotion recognition, in reading order.</p>
<ul class="cards">
${reports.map(card).join("\n")}
</ul></main>`,
    scripts: "",
  });
}

function card(facts: ReportFacts): string {
  const picture =
    facts.thumbnail === null
      ? `<div class="picture none">no picture</div>`
      : `<div class="picture"><img src="${facts.thumbnail}" alt="" loading="lazy"></div>`;
  return `<li><a href="${encodeURIComponent(facts.name)}.html">${picture}<div class="text">
<h2>${escapeHtml(facts.title)}</h2>
<p>${escapeHtml(facts.summary)}</p>
${profileBadge(facts.profile)}</div></a></li>`;
}
