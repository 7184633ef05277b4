// npm run benchmark [-- --tasks a,b --quick --python PATH --draw]: ours beside stock tfjs, Keras and PyTorch, measured in
// one run; writes results/benchmark.json, and table and picture of docs/kernels.md.
import { prepare } from "./setup/prepare.mjs";
import { reportFailure } from "./setup/setup-error.mjs";
import { compiled } from "./setup/steps/compiled.mjs";
import { nativeKernels } from "./setup/steps/native-kernels.mjs";
import { npmPackages } from "./setup/steps/npm-packages.mjs";
import { pythonEnvironment } from "./setup/steps/python-environment.mjs";
import { tensorflow } from "./setup/steps/tensorflow.mjs";

try {
  await prepare([npmPackages, pythonEnvironment, tensorflow, nativeKernels, compiled]);
  // What it imports requires the compiled package.
  const { benchmark } = await import("./benchmark/run.mjs");
  await benchmark(process.argv.slice(2));
} catch (error) {
  reportFailure(error);
}
