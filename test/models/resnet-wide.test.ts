import { describe, expect, it } from "vitest";
import { buildResNet } from "../../src/models/resnet.js";
import { buildWideResNet } from "../../src/models/resnet-wide.js";
import { describeNetwork } from "./network-behaviour.js";

describe("the wide residual network", () => {
  describeNetwork({
    name: "resnet-wide",
    build: buildWideResNet,
    small: { frames: 24, bands: 16, channels: [12, 24], blocks: [1, 1], headUnits: 16 },
    parameters: 1_598_456,
    learnt: 1_595_288,
    variants: [{ frames: 23, bands: 17 }, { stemStride: 1 }],
  });

  it("is the residual network, layer by layer, three times as wide", () => {
    const layers = (model: ReturnType<typeof buildResNet>) => model.layers.map((layer) => layer.name);
    expect(layers(buildWideResNet())).toEqual(layers(buildResNet()));
    const depth = (model: ReturnType<typeof buildResNet>) => model.getLayer("pooling").outputShape.at(-1);
    expect(depth(buildWideResNet())).toBe(3 * (depth(buildResNet()) as number));
  });
});
