import { describe, expect, it } from "vitest";
import { buildPage } from "../../src/models/page.js";
import { buildResNet } from "../../src/models/resnet.js";
import { describeNetwork } from "./network-behaviour.js";

describe("the page's network", () => {
  describeNetwork({
    name: "page",
    build: buildPage,
    small: { frames: 24, bands: 16, channels: [12, 24], blocks: [1, 1], headUnits: 16 },
    parameters: 712_360,
    learnt: 710_248,
    variants: [{ frames: 23, bands: 17 }, { stemStride: 1 }],
  });

  it("is the residual network, layer by layer, twice as wide", () => {
    const layers = (model: ReturnType<typeof buildResNet>) => model.layers.map((layer) => layer.name);
    expect(layers(buildPage())).toEqual(layers(buildResNet()));
    const depth = (model: ReturnType<typeof buildResNet>) => model.getLayer("pooling").outputShape.at(-1);
    expect(depth(buildPage())).toBe(2 * (depth(buildResNet()) as number));
  });
});
