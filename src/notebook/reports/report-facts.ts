import { basename } from "node:path";
import { type Profile, profiles } from "../../core/settings.js";
import { joinText, type Notebook } from "../notebook-file.js";
import { escapeHtml } from "./escape.js";

/** What the index and the head of a page say about a notebook. */
export interface ReportFacts {
  /** The file's name without folder and extension: `03-resnet`. */
  readonly name: string;
  readonly title: string;
  /** The first paragraph below the title, without mark-up; empty when there is none. */
  readonly summary: string;
  /** The first picture as a data URL; null when the notebook has none. */
  readonly thumbnail: string | null;
  /** Null for a notebook that was not executed by nbconvert-runner. */
  readonly profile: Profile | null;
  readonly executedAt: string | null;
}

/** Reads title, summary, picture and profile out of a notebook. */
export function readFacts(path: string, notebook: Notebook): ReportFacts {
  const name = basename(path, ".ipynb");
  const texts = notebook.cells
    .filter((cell) => cell.cell_type === "markdown")
    .map((cell) => joinText(cell.source));
  const paragraphs = texts
    .join("\n\n")
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim());
  const heading = paragraphs.find((paragraph) => /^#\s/.test(paragraph));
  const record = notebook.metadata.affectlab as { profile?: unknown; executedAt?: unknown } | undefined;
  return {
    name,
    title: heading === undefined ? name : plainText(heading.split("\n")[0]!.replace(/^#\s+/, "")),
    summary: plainText(paragraphs.find((paragraph) => /^[^#\s<|!>-]/.test(paragraph)) ?? ""),
    thumbnail: firstPicture(notebook),
    profile: profiles.find((profile) => profile === record?.profile) ?? null,
    executedAt: typeof record?.executedAt === "string" ? record.executedAt : null,
  };
}

/** Markdown without its marks, on one line. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/<[^>]+>/g, "")
    .replace(/(\*\*|__|`)(.+?)\1/g, "$2")
    .replace(/(^|\W)[*_](\S(?:.*?\S)?)[*_](?=\W|$)/g, "$1$2")
    .replace(/\s+/g, " ")
    .trim();
}

function firstPicture(notebook: Notebook): string | null {
  for (const cell of notebook.cells) {
    for (const { data } of cell.outputs ?? []) {
      const picture = data === undefined ? null : pictureUrl(data);
      if (picture !== null) return picture;
    }
  }
  return null;
}

/** A bundle's static picture as a data URL; null when it has none. */
export function pictureUrl(data: Readonly<Record<string, unknown>>): string | null {
  const png = textOf(data["image/png"]);
  if (png !== null) return `data:image/png;base64,${png.replace(/[^A-Za-z0-9+/=]/g, "")}`;
  const svg = textOf(data["image/svg+xml"]);
  return svg === null ? null : `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}

function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.join("") : null;
}

/** The badge of a profile: sample and quick runs are never quoted as results. */
export function profileBadge(profile: Profile | null): string {
  const labels: Record<Profile, string> = {
    sample: "sample data: not a result",
    quick: "quick run: not a published result",
    full: "full run",
  };
  if (profile === null) return `<span class="badge caution">not executed by nbconvert-runner</span>`;
  const kind = profile === "full" ? "badge" : "badge caution";
  return `<span class="${kind}">${escapeHtml(labels[profile])}</span>`;
}
