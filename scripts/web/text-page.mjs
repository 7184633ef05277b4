import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { marked } from "marked";

/**
 * Writes a page of docs/ into the build, so that it can be read there, without a connection too.
 * @param {string} path of the Markdown file
 * @param {string} folder of the build
 * @param {string} sheet its style sheet, from there
 */
export function writeTextPage(path, folder, sheet) {
  const text = readFileSync(path, "utf8");
  const title = /^# (.+)$/m.exec(text)?.[1] ?? "";
  // What is linked inside the repository is not part of the page.
  const body = marked.parse(text, { async: false }).replace(/<a href="\.\.?\/[^"]*">(.*?)<\/a>/g, "$1");
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} — affectlab</title>
<link rel="icon" href="./icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="./${sheet}">
</head>
<body>
<main class="prose">
<p><a href="./index.html">affectlab</a></p>
${body}</main>
</body>
</html>
`;
  writeFileSync(join(folder, basename(path).replace(/\.md$/, ".html")), html);
}
