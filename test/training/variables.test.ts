import { beforeAll, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { buildWhisper } from "../../src/models/whisper.js";
import { modelVariables, rateFactorsOf } from "../../src/training/variables.js";

beforeAll(() => void loadTensorFlow());
const whisper = () => buildWhisper({ size: "random-small", bands: 32, tunedBlocks: 2, headUnits: 4 });

it("factors on the learning rate go by the beginning of a layer's name, in the order of the variables", () => {
  const model = whisper();
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

it("a factor for layers that there are not, or that have nothing to train, is refused with those there are", () => {
  const model = whisper();
  const { trained } = modelVariables(model);
  const idle = model.layers.find(({ trainableWeights }) => trainableWeights.length === 0)!;
  for (const misspelt of ["blok", "block_9", idle.name]) {
    const factors = () => rateFactorsOf(model, trained, { logits: 2, [misspelt]: 0.1 });
    expect(factors).toThrow(LabError);
    expect(factors).toThrow(new RegExp(`rateFactors names "${misspelt}".*begin with: block, .*logits\\.`));
  }
});
