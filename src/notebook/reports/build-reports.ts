import { spawn } from "node:child_process";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { environmentPython } from "../../core/environment-python.js";
import { LabError } from "../../core/errors.js";
import { writeFileAtomic } from "../../core/files.js";
import { packageRoot } from "../../core/settings.js";
import { type Notebook, readNotebook } from "../notebook-file.js";
import { embedFigures, hasFigure } from "./figures.js";
import { indexPage, plotlyFile, reportPage } from "./page.js";
import { readFacts } from "./report-facts.js";

const rendered = z.object({ bodies: z.array(z.string()), highlighting: z.string() });

/**
 * Writes a static site from executed notebooks: a page for each, `index.html`, and the one plotly script they share.
 * Everything it needs lies in the folder, so it can be read offline and moved. Gives the path of the index.
 * Throws LabError for a file that is no notebook and when set-up has not run.
 */
export async function buildReports(paths: readonly string[], folder: string): Promise<string> {
  const notebooks = await Promise.all(paths.map(readNotebook));
  const facts = paths.map((path, i) => readFacts(path, notebooks[i]!));
  const { bodies, highlighting } = await render(notebooks.map(embedFigures));
  await mkdir(folder, { recursive: true });
  for (const [i, { name }] of facts.entries()) {
    const html = reportPage(facts, i, bodies[i]!, highlighting, hasFigure(notebooks[i]!));
    await writeFileAtomic(join(folder, `${name}.html`), html);
  }
  await copyFile(
    join(packageRoot, "node_modules", "plotly.js-dist-min", plotlyFile),
    join(folder, plotlyFile),
  );
  const index = join(folder, "index.html");
  await writeFileAtomic(index, indexPage(facts));
  return index;
}

/** nbconvert's HTML fragments of notebooks, and the style of their code. */
async function render(notebooks: readonly Notebook[]): Promise<z.infer<typeof rendered>> {
  const script = join(packageRoot, "scripts", "python", "render_notebooks.py");
  const child = spawn(environmentPython(), [script], { stdio: ["pipe", "pipe", "pipe"] });
  // A process that ends early closes its input; its own words on stderr tell why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify(notebooks));
  const closed = new Promise<number | null>((settle, fail) => child.on("close", settle).on("error", fail));
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  if (code !== 0) {
    throw new LabError(
      `nbconvert could not render the notebooks: ${errors.trim().split("\n").slice(-5).join("\n")}`,
      "If .venv is damaged, remove it and run npm start.",
    );
  }
  return rendered.parse(JSON.parse(output));
}
