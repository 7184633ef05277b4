import { beforeAll, describe } from "vitest";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { tfliteTarget } from "../../src/export/python-targets.js";
import { itGivesTheSourcesProbabilities, networks } from "./carried.js";
import { pythonHas } from "./python-has.js";

beforeAll(() => void loadTensorFlow());

describe.skipIf(!pythonHas("tensorflow")).each(networks)("%s in TFLite", (_name, build) => {
  itGivesTheSourcesProbabilities(tfliteTarget, build, { float32: 1e-4, float16: 5e-3, int8: 5e-2 });
});
