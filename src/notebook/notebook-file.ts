import { readFile } from "node:fs/promises";
import { z } from "zod";
import { LabError, messageOf } from "../core/errors.js";
import { writeFileAtomic } from "../core/files.js";

const text = z.union([z.string(), z.array(z.string())]);

const output = z.looseObject({
  output_type: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
  text: text.optional(),
});

const cell = z.looseObject({
  cell_type: z.enum(["code", "markdown", "raw"]),
  source: text,
  metadata: z.looseObject({ tags: z.array(z.string()).optional() }).optional(),
  outputs: z.array(output).optional(),
});

const notebook = z.looseObject({
  cells: z.array(cell),
  metadata: z.looseObject({ affectlab: z.unknown().optional() }),
  nbformat: z.literal(4),
});

/** A notebook as its file has it (nbformat 4); members not named here are kept. */
export type Notebook = z.infer<typeof notebook>;
export type NotebookCell = z.infer<typeof cell>;
export type NotebookOutput = z.infer<typeof output>;

/** Reads a notebook. Throws LabError naming the file when it is absent or no notebook of format 4. */
export async function readNotebook(path: string): Promise<Notebook> {
  try {
    return notebook.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new LabError(`${path} cannot be read as a notebook: ${reason}`, "Give the path of an .ipynb file.");
  }
}

/** Writes a notebook as Jupyter does (one space of indentation, keys sorted, final newline), atomically. */
export async function writeNotebook(path: string, content: Notebook): Promise<void> {
  await writeFileAtomic(path, serialiseNotebook(content));
}

/** A notebook's file content. */
export function serialiseNotebook(content: Notebook): string {
  return `${JSON.stringify(sortKeys(content), null, 1)}\n`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, member]) => [key, sortKeys(member)]));
}

/** A multi-line text of a notebook's file as one string. */
export function joinText(value: string | readonly string[] | undefined): string {
  return typeof value === "string" ? value : (value ?? []).join("");
}
