import { LabError } from "./errors.js";

/** A part of a page between two comment lines, which a command writes and a reader of the page does not see. */
export interface Block {
  readonly start: string;
  readonly end: string;
  /** What stands in it, for the person who misses it: "the results". */
  readonly holds: string;
}

/** The page with `content` in its block. Throws LabError, naming the page, when it has no such block. */
export function replaceBlock(
  page: string,
  { start, end, holds }: Block,
  content: string,
  name: string,
): string {
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from < 0 || to < from) {
    throw new LabError(
      `${name} has no block for ${holds}.`,
      `Put the lines ${start} and ${end} where the table belongs.`,
    );
  }
  return `${page.slice(0, from + start.length)}\n\n${content}\n\n${page.slice(to)}`;
}
