import { beforeAll, expect, it } from "vitest";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { buildWhisper } from "../../src/models/whisper.js";
import { modelVariables, rateFactorsOf } from "../../src/training/variables.js";

beforeAll(() => void loadTensorFlow());

it("factors on the learning rate go by the beginning of a layer's name, in the order of the variables", () => {
  const model = buildWhisper({ size: "random-small", bands: 32, tunedBlocks: 2, headUnits: 4 });
  const { trained } = modelVariables(model);
  const factors = rateFactorsOf(model, trained, { block: 0.1, logits: 2 });
  const expected = model.layers.flatMap((layer) =>
    layer.trainableWeights.map(() =>
      layer.name.startsWith("block") ? 0.1 : layer.name === "logits" ? 2 : 1,
    ),
  );
  expect(factors).toEqual(expected);
  expect(factors.filter((factor) => factor === 0.1).length).toBe(24);
});
