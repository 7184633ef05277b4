import { beforeAll, describe } from "vitest";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { onnxTarget } from "../../src/export/python-targets.js";
import { itGivesTheSourcesProbabilities, networks } from "./carried.js";
import { pythonHas } from "./python-has.js";

beforeAll(() => void loadTensorFlow());

describe.skipIf(!pythonHas("onnxruntime")).each(networks)("%s in ONNX Runtime", (_name, build) => {
  itGivesTheSourcesProbabilities(onnxTarget, build, { float32: 1e-4, float16: 5e-3, int8: 5e-2 });
});
