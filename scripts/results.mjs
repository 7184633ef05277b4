// npm run results: writes results/comparison/, and the tables of results/ into README.md between its two comment lines.
import { createRequire } from "node:module";
import { join } from "node:path";
import { places } from "./setup/places.mjs";
import { prepare } from "./setup/prepare.mjs";
import { reportFailure } from "./setup/setup-error.mjs";
import { compiled } from "./setup/steps/compiled.mjs";
import { npmPackages } from "./setup/steps/npm-packages.mjs";

try {
  await prepare([npmPackages, compiled]);
  const require = createRequire(import.meta.url);
  const { resolveSettings } = require(join(places.dist, "core", "settings.js"));
  const { writeResults } = require(join(places.dist, "cli", "results-table.js"));
  const { compareRows } = require(join(places.dist, "notebook", "studies", "comparison", "compare.js"));
  const { writeComparison } = require(
    join(places.dist, "notebook", "studies", "comparison", "write-comparison.js"),
  );
  await writeComparison(await compareRows(resolveSettings()), resolveSettings());
  const isChanged = await writeResults(resolveSettings());
  console.log(isChanged ? "README.md: the table of results is new." : "README.md: the table was up to date.");
} catch (error) {
  reportFailure(error);
}
