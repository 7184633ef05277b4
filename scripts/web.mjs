// npm run web [-- --build-only] [-- --port N] [-- --model NAME] [-- --out FOLDER]: builds the page and serves it on this
// machine. What is built is static files: any host of files can serve them (docs/page.md).
import { basename, dirname, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { places, root } from "./setup/places.mjs";
import { prepare } from "./setup/prepare.mjs";
import { reportFailure, SetupError } from "./setup/setup-error.mjs";
import { npmPackages } from "./setup/steps/npm-packages.mjs";

const usualPort = 4180;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        "build-only": { type: "boolean", default: false },
        port: { type: "string", default: String(usualPort) },
        model: { type: "string" },
        out: { type: "string", default: resolve(places.build, "web") },
      },
    });
    return values;
  } catch (error) {
    throw new SetupError(
      error instanceof Error ? error.message : String(error),
      "There are --build-only, --port N, --model NAME and --out FOLDER.",
    );
  }
}

try {
  const { "build-only": isBuildOnly, port, model, out } = readArguments();
  await prepare([npmPackages]);
  const [{ buildWeb }, { serveWeb }, { pageToken }] = await Promise.all([
    import("./web/build.mjs"),
    import("./web/serve.mjs"),
    import("./web/token.mjs"),
  ]);
  const built = await buildWeb({
    folder: resolve(out),
    ...(model !== undefined && { models: [model] }),
  });
  const name = basename(dirname(built.model));
  console.log(`Built ${relative(root, built.folder)}: ${(built.bytes / 1e6).toFixed(1)} MB, model ${name}.`);
  if (!isBuildOnly) {
    const { url } = await serveWeb(built.folder, Number(port), pageToken());
    console.log(`Open ${url} (Ctrl-C ends it).`);
  }
} catch (error) {
  reportFailure(error);
}
