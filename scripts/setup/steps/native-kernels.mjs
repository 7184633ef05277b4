import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { places } from "../places.mjs";
import { capture, runCommand } from "../run-command.mjs";
import { SetupError } from "../setup-error.mjs";
import { hashFiles, hashTexts, readStamp, writeStamp } from "../stamps.mjs";
import { findCompiler } from "../survey.mjs";
import { findLibrary, tensorflowStamp } from "./tensorflow.mjs";

const { nativeSources, nativeKernels: addon } = places;
const stamp = join(dirname(addon), ".affectlab.json");
const log = join(places.logs, "native-kernels.log");

/** The addon is made anew when its sources or TensorFlow change. */
function currentKey() {
  return hashTexts([hashFiles([nativeSources]), readStamp(tensorflowStamp) ?? "", "2"]);
}

/**
 * Compiles native/ to an addon that adds this project's kernels to TensorFlow's. The laboratory works without it, with
 * recurrent networks at half the speed, and transformers, convolutional networks and every optimiser somewhat slower: a compiler that cannot do
 * it stops nothing.
 * @type {import("../prepare.mjs").Step & { problem(): string }}
 */
export const nativeKernels = {
  name: "Native kernels",
  isDone: () => readStamp(stamp) === currentKey(),
  /** Why the last compilation was left out; "" where it was not. */
  problem: () => (existsSync(stamp) ? String(JSON.parse(readFileSync(stamp, "utf8")).problem ?? "") : ""),
  async run(_context, note) {
    const key = currentKey();
    note("compiling");
    let problem = "";
    try {
      await compile();
      problem = tryAddon();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      problem = error.message.split("\n")[0] ?? "";
    }
    if (problem !== "") rmSync(addon, { force: true });
    writeStamp(stamp, key, { problem });
    return problem === "" ? undefined : `left out, networks train slower (${problem})`;
  },
};

const nativeFiles = () =>
  readdirSync(nativeSources)
    .filter((name) => name.endsWith(".cc"))
    .sort()
    .map((name) => join(nativeSources, name));

async function compile() {
  const compiler = findCompiler();
  if (compiler === null)
    throw new SetupError("There is no C++ compiler.", "Install g++ or clang++ and run again.");
  const deps = join(places.tensorflowPackage, "deps");
  const part = `${addon}.part`;
  mkdirSync(dirname(addon), { recursive: true });
  await runCommand(
    compiler.command,
    [
      // No -march: the source chooses among instruction sets as it runs, so the addon may move to another processor.
      ...[
        "-O3",
        "-fno-math-errno",
        "-std=c++17",
        "-shared",
        "-fPIC",
        "-pthread",
        "-Wno-psabi",
        "-DNAPI_VERSION=8",
      ],
      ...["-I", join(places.modules, "node-api-headers", "include"), "-I", join(deps, "include")],
      ...nativeFiles(),
      ...["-L", join(deps, "lib"), "-ltensorflow_framework", `-Wl,-rpath,${findLibrary().folder}`],
      ...["-o", part],
    ],
    { log },
  );
  renameSync(part, addon);
}

/** Loads the addon beside TensorFlow in a process of its own; gives the reason where it does not load, else "". */
function tryAddon() {
  if (!existsSync(addon)) return "it was not compiled";
  const code = `require("@tensorflow/tfjs-node-gpu"); require(${JSON.stringify(addon)})`;
  const asked = capture(process.execPath, ["--require", places.nodeCompat, "-e", code], {
    timeoutSeconds: 120,
    env: { TF_CPP_MIN_LOG_LEVEL: "3" },
  });
  if (asked.ok) return "";
  return asked.err.split("\n").find((line) => /error/i.test(line)) ?? "it does not load";
}
