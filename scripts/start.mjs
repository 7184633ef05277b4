// npm start: from a bare clone to executed notebooks and their HTML reports. What is done already is left alone.
import { relative } from "node:path";
import { places, root } from "./setup/places.mjs";
import { prepare } from "./setup/prepare.mjs";
import { formatSeconds } from "./setup/say.mjs";
import { reportFailure } from "./setup/setup-error.mjs";
import { laboratory, showcase } from "./setup/steps/index.mjs";

const start = performance.now();
console.log("affectlab");
try {
  await prepare([...laboratory, ...showcase]);
  const seconds = formatSeconds((performance.now() - start) / 1000);
  console.log(
    `\nReady after ${seconds}. Read ${relative(root, places.reports)}/index.html in a browser, then type: npm run lab`,
  );
} catch (error) {
  reportFailure(error);
}
