import { homedir } from "node:os";
import { packageRoot, resolveSettings } from "../../core/settings.js";
import type { Notebook, NotebookOutput } from "../notebook-file.js";

/** A folder of this machine and what stands for it in a published notebook. */
export interface PathAlias {
  readonly path: string;
  readonly alias: string;
}

/** This machine's folders: the checkout is `.`, the store its default place, the home folder `~`. */
export function machineAliases(): PathAlias[] {
  return [
    { path: packageRoot, alias: "." },
    { path: resolveSettings().home, alias: "~/.cache/affectlab" },
    { path: homedir(), alias: "~" },
  ];
}

/** Replaces folders of this machine in a text; the longest path first, whole path parts only. */
export function replacePaths(text: string, aliases: readonly PathAlias[]): string {
  const ordered = [...aliases].filter(({ path }) => path.length > 1);
  ordered.sort((a, b) => b.path.length - a.path.length);
  return ordered.reduce((result, { path, alias }) => {
    const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return result.replace(new RegExp(`${escaped}(?![\\w.-])`, "g"), () => alias);
  }, text);
}

/** A notebook whose outputs no longer tell where on this machine it was executed. Pictures and sound are left alone. */
export function stripMachinePaths(notebook: Notebook, aliases = machineAliases()): Notebook {
  const stripOutput = (output: NotebookOutput): NotebookOutput =>
    Object.fromEntries(
      Object.entries(output).map(([key, value]) => [
        key,
        key === "data" ? stripData(value as Record<string, unknown>, aliases) : stripValue(value, aliases),
      ]),
    ) as NotebookOutput;
  return {
    ...notebook,
    cells: notebook.cells.map((cell) =>
      cell.outputs === undefined ? cell : { ...cell, outputs: cell.outputs.map(stripOutput) },
    ),
  };
}

function stripData(data: Record<string, unknown>, aliases: readonly PathAlias[]): Record<string, unknown> {
  const isBinary = (type: string): boolean => /^(image\/(?!svg)|audio\/|video\/)/.test(type);
  return Object.fromEntries(
    Object.entries(data).map(([type, value]) => [type, isBinary(type) ? value : stripValue(value, aliases)]),
  );
}

function stripValue(value: unknown, aliases: readonly PathAlias[]): unknown {
  if (typeof value === "string") return replacePaths(value, aliases);
  if (Array.isArray(value)) return value.map((item) => stripValue(item, aliases));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, stripValue(item, aliases)]));
}
