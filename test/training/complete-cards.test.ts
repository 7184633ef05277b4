import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { completedCards } from "../../src/training/complete-cards.js";

it("committed cards say all that results/ says of their models: `affectlab publish --cards` would change none", async () => {
  const completed = await completedCards(packageRoot);
  expect(completed.length).toBeGreaterThan(0);
  const files = completed.flatMap(({ path, card, readme }) => [
    { path, text: `${JSON.stringify(card, null, 2)}\n` },
    { path: join(dirname(path), "README.md"), text: readme },
  ]);
  const stale = files.filter(({ path, text }) => readFileSync(path, "utf8") !== text);
  expect(stale.map(({ path }) => relative(packageRoot, path))).toEqual([]);
});
