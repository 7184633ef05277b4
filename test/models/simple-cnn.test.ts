import { describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { buildSimpleCnn } from "../../src/models/simple-cnn.js";
import { describeNetwork } from "./network-behaviour.js";

describe("the simple convolutional network", () => {
  describeNetwork({
    name: "simple-cnn",
    build: buildSimpleCnn,
    small: { frames: 24, bands: 16, channels: [4, 8], convolutions: [1, 2], headUnits: 16 },
    parameters: 195_048,
    learnt: 194_280,
    variants: [
      { frames: 23, bands: 17 },
      { frames: 1, bands: 64 },
      { frames: 188, bands: 5, stemStride: 1 },
      { channels: [4], convolutions: [2] },
      { channels: [4, 4, 4], convolutions: [1, 0, 2] },
    ],
  });

  it("refuses channels and convolutions of another number of stages", () => {
    const build = () => buildSimpleCnn({ channels: [4, 8] });
    expect(build).toThrow(LabError);
    expect(build).toThrow("simple-cnn: there are 2 channels and 3 convolutions.");
  });
});
