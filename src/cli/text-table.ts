import { oneLine } from "../core/shown-text.js";

/** A column's side: numbers stand to the right. */
export type Side = "left" | "right";

/** Rows under a header as text, a line each, columns aligned and two spaces apart, without trailing spaces. */
export function alignTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  sides: readonly Side[] = [],
): string {
  const all = [header, ...rows].map((row) => row.map(oneLine));
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all
    .map((row) =>
      widths
        .map((width, column) => {
          const cell = row[column] ?? "";
          return sides[column] === "right" ? cell.padStart(width) : cell.padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Bytes as people say them: "12 MB", "1.4 GB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
