import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chooseTensorFlow, pipRequirements, readEnvironmentFile } from "../environment-list.mjs";
import { places } from "../places.mjs";
import { capture, runCommand } from "../run-command.mjs";
import { SetupError } from "../setup-error.mjs";
import { hashTexts, readStamp, writeStamp } from "../stamps.mjs";
import { choosePython, findEnvironmentTool, findPythons } from "../survey.mjs";

const stamp = join(places.venv, ".affectlab.json");
const log = join(places.logs, "python-environment.log");

/** @param {string} flavour */
function keyOf(flavour) {
  return hashTexts([readEnvironmentFile(), flavour]);
}

/** @type {import("../prepare.mjs").Step} */
export const pythonEnvironment = {
  name: "Python environment",
  isDone({ flavour }) {
    if (!existsSync(places.python)) return false;
    if (readStamp(stamp) === keyOf(flavour)) return true;
    if (!hasEverything(pipRequirements(readEnvironmentFile(), flavour))) return false;
    writeStamp(stamp, keyOf(flavour), { flavour });
    return true;
  },
  async run({ flavour }, note) {
    // A fresh environment each time: tensorflow and tensorflow-cpu lay their files into the same folder.
    rmSync(places.venv, { recursive: true, force: true });
    const tool = await makeEnvironment(flavour, note);
    if (!hasEverything(pipRequirements(readEnvironmentFile(), flavour))) {
      throw new SetupError(
        `The Python environment made with ${tool} lacks packages of environment.yml.`,
        `Read ${log}, then remove .venv and run again.`,
      );
    }
    writeStamp(stamp, keyOf(flavour), { flavour, tool });
    return `made with ${tool}`;
  },
};

/**
 * Makes .venv with the first tool there is; where conda fails (a locked-down channel, an old solver), uv or venv
 * takes the same list.
 * @param {"cpu" | "cuda"} flavour
 * @param {(text: string) => void} note
 */
async function makeEnvironment(flavour, note) {
  const tool = findEnvironmentTool();
  if (tool === "uv") return makeWithUv(flavour, note);
  if (tool === null) return makeWithVenv(flavour, note);
  try {
    return await makeWithConda(tool, flavour, note);
  } catch (error) {
    const python = choosePython(findPythons());
    if (!python?.hasVenv) throw error;
    console.log(`\n  ${tool} failed (${log}); taking ${python.command} with venv and pip instead.`);
    rmSync(places.venv, { recursive: true, force: true });
    return makeWithVenv(flavour, note);
  }
}

/**
 * @param {string} tool conda, mamba or micromamba
 * @param {"cpu" | "cuda"} flavour
 * @param {(text: string) => void} note
 */
async function makeWithConda(tool, flavour, note) {
  const file = join(places.build, "setup", "environment.yml");
  mkdirSync(join(places.build, "setup"), { recursive: true });
  writeFileSync(file, chooseTensorFlow(readEnvironmentFile(), flavour));
  const create = tool === "conda" || tool === "mamba" ? ["env", "create"] : ["create", "--yes"];
  await runCommand(tool, [...create, "--prefix", places.venv, "--file", file], {
    log,
    onLine: note,
    // Nobody is there to answer a question.
    env: { CONDA_ALWAYS_YES: "true", MAMBA_ALWAYS_YES: "true" },
  });
  return tool;
}

/**
 * @param {"cpu" | "cuda"} flavour
 * @param {(text: string) => void} note
 */
async function makeWithUv(flavour, note) {
  // Without a fit Python on the PATH, uv brings one of its own.
  const python = choosePython(findPythons())?.command ?? "3.12";
  await runCommand("uv", ["venv", "--python", python, places.venv], { log, onLine: note });
  const list = writeRequirements(flavour);
  await runCommand("uv", ["pip", "install", "--python", places.python, "-r", list], { log, onLine: note });
  return "uv";
}

/**
 * @param {"cpu" | "cuda"} flavour
 * @param {(text: string) => void} note
 */
async function makeWithVenv(flavour, note) {
  const python = choosePython(findPythons());
  if (python === null) throw new SetupError("There is no Python 3.10 to 3.13.", "Install one and run again.");
  await runCommand(python.command, ["-m", "venv", places.venv], { log, onLine: note });
  const list = writeRequirements(flavour);
  const args = ["-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off", "-r", list];
  await runCommand(places.python, args, { log, onLine: note });
  return `${python.command} (${python.version}), venv and pip`;
}

/**
 * @param {"cpu" | "cuda"} flavour
 * @returns {string} the file's path
 */
function writeRequirements(flavour) {
  const path = join(places.build, "setup", "requirements.txt");
  mkdirSync(join(places.build, "setup"), { recursive: true });
  writeFileSync(path, `${pipRequirements(readEnvironmentFile(), flavour).join("\n")}\n`);
  return path;
}

/**
 * Whether the environment holds every pinned package in its version. Half a second; asked only where no stamp tells.
 * @param {readonly string[]} requirements
 */
function hasEverything(requirements) {
  const probe = [
    "import importlib.metadata as metadata, sys",
    "for line in sys.argv[1:]:",
    "    name, version = line.split('==')",
    "    name = name.split('[')[0]",
    "    try:",
    "        if metadata.version(name) != version: sys.exit(1)",
    "    except metadata.PackageNotFoundError: sys.exit(1)",
  ].join("\n");
  return capture(places.python, ["-c", probe, ...requirements]).ok;
}
