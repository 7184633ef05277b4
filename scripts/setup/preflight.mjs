import { root } from "./places.mjs";
import {
  choosePython,
  findCompiler,
  findEnvironmentTool,
  findPythons,
  isNpmReachable,
  isPypiReachable,
  readGlibc,
  surveyPlaces,
} from "./survey.mjs";
import { isNodeFit, isPythonFit } from "./versions.mjs";

/**
 * What is still to do, and so what the machine must offer.
 * @typedef {object} Needs
 * @property {boolean} packages npm packages are to be installed
 * @property {boolean} environment the Python environment is to be made
 * @property {boolean} addon TensorFlow's addon is to be compiled
 * @property {"cpu" | "cuda"} flavour
 */

/**
 * What the machine offers.
 * @typedef {object} Machine
 * @property {string} node
 * @property {string} platform
 * @property {string} arch
 * @property {string | null} glibc
 * @property {string | null} compiler
 * @property {readonly import("./survey.mjs").Python[]} pythons
 * @property {string | null} environmentTool
 * @property {boolean} npmReachable
 * @property {boolean} pypiReachable
 * @property {number} rootFree bytes
 * @property {boolean} rootWritable
 * @property {string} store
 * @property {boolean} storeWritable
 */

/** @typedef {{ problem: string, remedy: string }} Problem */

const gigabyte = 1e9;

/**
 * Disk space that the steps still to be done take, in bytes; measured, with a fifth to spare.
 * @param {Needs} needs
 */
export function neededSpace(needs) {
  let gigabytes = 0.3;
  if (needs.packages) gigabytes += 1.2;
  if (needs.environment) gigabytes += needs.flavour === "cuda" ? 12 : 4.5;
  return gigabytes * gigabyte;
}

/**
 * Everything that would stop the set-up, each with its remedy; a pure function.
 * @param {Machine} machine
 * @param {Needs} needs
 * @returns {Problem[]}
 */
export function findProblems(machine, needs) {
  const problems = [...platformProblems(machine)];
  if (needs.addon && machine.compiler === null) {
    problems.push({
      problem: "There is no C++ compiler; TensorFlow's addon is compiled on this machine.",
      remedy: "Install one (Debian, Ubuntu: apt-get install g++; Fedora: dnf install gcc-c++).",
    });
  }
  if (needs.environment) problems.push(...pythonProblems(machine));
  if (needs.packages && !machine.npmReachable) {
    problems.push({
      problem: "npm's registry cannot be reached, and the npm packages are not installed yet.",
      remedy: "Check the network (or npm's proxy and registry settings) and run again.",
    });
  }
  if (needs.environment && !machine.pypiReachable) {
    problems.push({
      problem: "The Python package index cannot be reached, and the Python environment is not made yet.",
      remedy: "Check the network (or PIP_INDEX_URL and the proxy settings) and run again.",
    });
  }
  problems.push(...diskProblems(machine, needs));
  return problems;
}

/**
 * @param {Machine} machine
 * @returns {Problem[]}
 */
function platformProblems(machine) {
  if (machine.platform !== "linux" || !["x64", "arm64"].includes(machine.arch)) {
    return [
      {
        problem: `This is ${machine.platform} on ${machine.arch}; affectlab runs on Linux, x64 or arm64.`,
        remedy: "Use a Linux machine, a container or WSL 2.",
      },
    ];
  }
  const problems = [];
  if (!isNodeFit(machine.node)) {
    problems.push({
      problem: `This is Node ${machine.node}; affectlab needs 20.19 or later, 22.12 or later, or 23 to 26.`,
      remedy: "Install a current Node (https://nodejs.org, or nvm install 24) and run again.",
    });
  }
  if (machine.glibc === null) {
    problems.push({
      problem: "This Linux has no glibc (Alpine's musl?); TensorFlow has no build for it.",
      remedy: "Use Debian, Ubuntu, Fedora or another glibc distribution.",
    });
  }
  return problems;
}

/**
 * @param {Machine} machine
 * @returns {Problem[]}
 */
function pythonProblems({ pythons, environmentTool }) {
  if (environmentTool !== null) return [];
  const python = choosePython(pythons);
  if (python === null) {
    const found = pythons.map((each) => `${each.command} is ${each.version}`).join(", ");
    return [
      {
        problem: `There is no Python 3.10 to 3.13${found ? ` (${found})` : ""}.`,
        remedy:
          "Install one (Debian, Ubuntu: apt-get install python3 python3-venv), or uv or conda, or name one in AFFECTLAB_PYTHON.",
      },
    ];
  }
  if (python.hasVenv) return [];
  return [
    {
      problem: `${python.command} (${python.version}) has no venv module with pip.`,
      remedy: "Install it (Debian, Ubuntu: apt-get install python3-venv), or uv or conda.",
    },
  ];
}

/**
 * @param {Machine} machine
 * @param {Needs} needs
 * @returns {Problem[]}
 */
function diskProblems(machine, needs) {
  const problems = [];
  const needed = neededSpace(needs);
  if (machine.rootFree < needed) {
    const gigabytes = (/** @type {number} */ bytes) => (bytes / gigabyte).toFixed(1);
    problems.push({
      problem: `The disk of ${root} has ${gigabytes(machine.rootFree)} GB free; this needs ${gigabytes(needed)} GB.`,
      remedy: "Free some space or clone to another disk, and run again.",
    });
  }
  if (!machine.rootWritable) {
    problems.push({
      problem: `The checkout ${root} cannot be written to.`,
      remedy: "Change its owner or clone to a folder of yours.",
    });
  }
  if (!machine.storeWritable) {
    problems.push({
      problem: `The store ${machine.store} cannot be written to.`,
      remedy: "Change its owner or set AFFECTLAB_HOME to a folder of yours.",
    });
  }
  return problems;
}

/**
 * What this machine offers. Asks the network only where something is to be downloaded.
 * @param {Needs} needs
 * @returns {Machine}
 */
export function surveyMachine(needs) {
  const pythons = needs.environment ? findPythons() : [];
  const asker = pythons.find((python) => isPythonFit(python.version)) ?? pythons[0];
  return {
    node: process.version,
    platform: process.platform,
    arch: process.arch,
    glibc: readGlibc(),
    compiler: needs.addon ? (findCompiler()?.command ?? null) : "",
    pythons,
    environmentTool: needs.environment ? findEnvironmentTool() : null,
    npmReachable: needs.packages ? isNpmReachable() : true,
    pypiReachable: needs.environment ? isPypiReachable(asker?.command ?? null) : true,
    ...surveyPlaces(),
  };
}
