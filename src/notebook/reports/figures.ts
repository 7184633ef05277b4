import type { Notebook, NotebookOutput } from "../notebook-file.js";
import { joinText } from "../notebook-file.js";
import { escapeHtml, jsonForScript } from "./escape.js";
import { pictureUrl } from "./report-facts.js";

const plotlyType = "application/vnd.plotly.v1+json";

/**
 * A notebook whose plotly figures became HTML for a report: the figure's JSON in a script element that the page's
 * script draws, and the static picture, which stays where no script runs. nbconvert drops the plotly type by itself.
 */
export function embedFigures(notebook: Notebook): Notebook {
  return {
    ...notebook,
    cells: notebook.cells.map((cell) =>
      cell.outputs === undefined ? cell : { ...cell, outputs: cell.outputs.map(embedFigure) },
    ),
  };
}

/** Whether a notebook has a figure that needs plotly. */
export function hasFigure(notebook: Notebook): boolean {
  return notebook.cells.some((cell) =>
    cell.outputs?.some((output) => output.data?.[plotlyType] !== undefined),
  );
}

function embedFigure(output: NotebookOutput): NotebookOutput {
  const figure = output.data?.[plotlyType];
  if (output.data === undefined || figure === undefined) return output;
  const picture = pictureUrl(output.data);
  const description = joinText((output.data["text/plain"] as string | string[] | undefined) ?? "").trim();
  const image =
    picture === null
      ? `<p>${escapeHtml(description || "This figure needs a script to be drawn.")}</p>`
      : `<img src="${picture}" alt="${escapeHtml(description)}">`;
  const html =
    `<figure class="chart"><div class="static">${image}</div><div class="drawn" hidden></div>` +
    `<script type="application/json">${jsonForScript(figure)}</script></figure>`;
  return { ...output, data: { "text/html": html }, metadata: {} };
}
