import { beforeAll, describe } from "vitest";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { tfjsTarget } from "../../src/export/tfjs-target.js";
import { itGivesTheSourcesProbabilities, networks } from "./carried.js";

beforeAll(() => void loadTensorFlow());

describe.each(networks)("%s in plain tfjs", (_name, build) => {
  itGivesTheSourcesProbabilities(tfjsTarget, build, { float32: 1e-4, float16: 5e-3, int8: 5e-2 });
});
