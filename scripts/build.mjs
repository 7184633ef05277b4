// npm run build: compiles src/ to dist/ and notes it, so that `npm start` and the doctor know that it is done.
import { spawnSync } from "node:child_process";
import { compile } from "./setup/steps/compiled.mjs";

await compile((args) => {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
});
