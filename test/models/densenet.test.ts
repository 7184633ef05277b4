import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { buildDenseNet, optimisedDenseNet } from "../../src/models/densenet.js";
import { architectureNamed } from "../../src/models/registry.js";
import { describeNetwork } from "./network-behaviour.js";

const small = { frames: 24, bands: 16, stemChannels: 8, growth: 4, layers: [2, 2], headUnits: 16 };

describe("the densely connected network", () => {
  describeNetwork({
    name: "densenet",
    build: buildDenseNet,
    small,
    parameters: 816_544,
    learnt: 805_536,
    variants: [
      { frames: 23, bands: 17 },
      { frames: 1, bands: 64 },
      { layers: [1] },
      { layers: [1, 0, 2], compression: 1, bottleneck: 1 },
    ],
  });

  it("hands every layer of a block what all layers before it gave", () => {
    const model = buildDenseNet({ ...small, layers: [3] });
    const channels = model.layers
      .filter((layer) => layer.getClassName() === "Concatenate")
      .map((layer) => (layer.output as tf.SymbolicTensor).shape[3]);
    expect(channels).toEqual([12, 16, 20]);
    const probe = tf.model({ inputs: model.inputs, outputs: model.getLayer("concatenate_3").output });
    const last = probe.apply(tf.randomNormal([1, 24, 16, 1], 0, 1, "float32", 5)) as tf.Tensor4D;
    const stem = tf.model({ inputs: model.inputs, outputs: model.getLayer("stem_pool").output });
    const first = stem.apply(tf.randomNormal([1, 24, 16, 1], 0, 1, "float32", 5)) as tf.Tensor4D;
    expect([...tf.slice(last, [0, 0, 0, 0], [1, 6, 4, 8]).dataSync()]).toEqual([...first.dataSync()]);
  });

  it("is smaller when optimised, as its title says", () => {
    const { title, defaults, build } = architectureNamed("densenet-optimised");
    const model = build(defaults, { frames: 128, bands: 64, classes: 8 }, 0);
    expect(model.countParams()).toBe(buildDenseNet(optimisedDenseNet).countParams());
    expect(title).toContain(`${Math.round(model.countParams() / 1000)} thousand parameters`);
  });
});
