import { LabError } from "../core/errors.js";

/**
 * Throws LabError, naming the network, unless its lists have one entry for each `part` of it ("stage", "convolution") and
 * there is one at least: the entries that a shorter list lacks would be no layers, and nobody would be told.
 */
export function checkLists(
  network: string,
  part: string,
  lists: Readonly<Record<string, readonly unknown[]>>,
): void {
  const lengths = Object.values(lists).map(({ length }) => length);
  if (lengths[0]! > 0 && lengths.every((length) => length === lengths[0])) return;
  const counts = Object.entries(lists).map(([name, { length }]) => `${length} ${name}`);
  throw new LabError(
    `${network}: there are ${counts.slice(0, -1).join(", ")} and ${counts.at(-1)}.`,
    `Give one of each for every ${part}.`,
  );
}
