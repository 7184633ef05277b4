import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Notebook, NotebookCell } from "../../src/notebook/notebook-file.js";

/** A folder of the test's own. */
export function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), "affectlab-notebook-"));
}

export function codeCell(source: string, outputs: unknown[] = []): NotebookCell {
  return { cell_type: "code", source, metadata: {}, outputs, execution_count: null } as NotebookCell;
}

export function textCell(source: string): NotebookCell {
  return { cell_type: "markdown", source, metadata: {} };
}

export function notebookOf(cells: readonly NotebookCell[], metadata: Record<string, unknown> = {}): Notebook {
  return {
    cells: cells.map((cell, i) => ({ ...cell, id: `cell-${i}` })),
    metadata: {
      kernelspec: { name: "tslab", display_name: "TypeScript (affectlab)", language: "typescript" },
      ...metadata,
    },
    nbformat: 4,
    nbformat_minor: 5,
  } as Notebook;
}

/** Writes a notebook and gives its path. */
export function writeTiny(folder: string, name: string, notebook: Notebook): string {
  const path = join(folder, `${name}.ipynb`);
  writeFileSync(path, JSON.stringify(notebook));
  return path;
}
