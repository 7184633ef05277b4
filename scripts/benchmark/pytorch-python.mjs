// The interpreter that has PyTorch: a requirement of the benchmark alone, so that no set-up step installs it.
import { spawnSync } from "node:child_process";
import { SetupError } from "../setup/setup-error.mjs";

export const pytorchVersion = "2.13.0";

const howToMakeIt = `Make one, and name it:
    python3 -m venv build/benchmark-python
    build/benchmark-python/bin/pip install torch==${pytorchVersion} numpy safetensors
    npm run benchmark -- --python build/benchmark-python/bin/python
AFFECTLAB_BENCHMARK_PYTHON names it too. (On a machine without a GPU, pip's --index-url
https://download.pytorch.org/whl/cpu brings a smaller torch.)`;

/**
 * The interpreter named on the command line or in the environment. Throws a SetupError that says how to make one.
 * @param {string | undefined} named
 */
export function findPytorchPython(named = process.env.AFFECTLAB_BENCHMARK_PYTHON) {
  if (!named) throw new SetupError("The benchmark needs a Python with PyTorch.", howToMakeIt);
  const asked = spawnSync(named, ["-c", "import torch, numpy, safetensors; print(torch.__version__)"], {
    encoding: "utf8",
  });
  if (asked.error !== undefined) throw new SetupError(`${named} cannot be started.`, howToMakeIt);
  if (asked.status !== 0) {
    const reason = asked.stderr.trim().split("\n").at(-1);
    throw new SetupError(`${named} has not what the benchmark needs: ${reason}.`, howToMakeIt);
  }
  const found = asked.stdout.trim();
  if (found.split("+")[0] !== pytorchVersion) {
    throw new SetupError(
      `${named} has PyTorch ${found}, and figures are stated against ${pytorchVersion}.`,
      howToMakeIt,
    );
  }
  return named;
}
