// npm run reports [-- notebook...]: a static site of HTML reports in build/reports, by default of the committed
// notebooks as they were executed.
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { places, root } from "./setup/places.mjs";
import { prepare } from "./setup/prepare.mjs";
import { reportFailure, SetupError } from "./setup/setup-error.mjs";
import { committedNotebooks } from "./setup/steps/executed-notebooks.mjs";
import { laboratory } from "./setup/steps/index.mjs";

const given = process.argv.slice(2);
try {
  // With notebooks named, set-up has called this itself.
  if (given.length === 0) await prepare(laboratory.filter((step) => step.name !== "Sample corpus"));
  const notebooks = given.length > 0 ? given : committedNotebooks();
  if (notebooks.length === 0)
    throw new SetupError("There is no notebook in notebooks/.", "Name one: npm run reports -- FILE");
  const require = createRequire(import.meta.url);
  const { buildReports } = require(join(places.dist, "notebook", "reports", "build-reports.js"));
  const index = await buildReports(notebooks, places.reports);
  console.log(`${notebooks.length} reports: ${relative(root, index)}`);
} catch (error) {
  reportFailure(error);
}
