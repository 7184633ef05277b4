// npm run lab [-- JupyterLab's own flags]: opens JupyterLab at notebooks/ with the TypeScript kernel ready. It listens
// on this machine alone and asks for a token, as JupyterLab does by default.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { places } from "./setup/places.mjs";
import { prepare } from "./setup/prepare.mjs";
import { reportFailure } from "./setup/setup-error.mjs";
import { laboratory } from "./setup/steps/index.mjs";

const flags = process.argv.slice(2);
/** @param {RegExp} pattern */
const isGiven = (pattern) => flags.some((flag) => pattern.test(flag));

/** Defaults that the caller's flags replace. */
function labArguments() {
  const args = ["-m", "jupyterlab"];
  if (!isGiven(/root[-_]dir|notebook-dir|preferred-dir/))
    args.push(`--ServerApp.root_dir=${places.notebooks}`);
  // Whatever a configuration of one's own says: only a flag here opens the laboratory to the network.
  if (!isGiven(/^--(ServerApp\.)?(ip|allow_remote_access)\b/))
    args.push("--ServerApp.ip=localhost", "--ServerApp.allow_remote_access=False");
  // A container's root is refused otherwise; the server listens on this machine alone all the same.
  if (process.getuid?.() === 0 && !isGiven(/allow[-_]root/)) args.push("--allow-root");
  return [...args, ...flags];
}

try {
  await prepare(laboratory);
  const lab = spawn(places.python, labArguments(), {
    stdio: "inherit",
    env: { ...process.env, PATH: `${join(places.venv, "bin")}:${process.env.PATH}` },
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"]))
    process.on(signal, () => lab.kill(signal));
  lab.on("error", (error) => reportFailure(error));
  lab.on("close", (code) => {
    process.exitCode = code ?? 0;
  });
} catch (error) {
  reportFailure(error);
}
