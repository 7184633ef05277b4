import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import { classWeightsOf, orderEpoch } from "../../src/training/epoch-order.js";
import { toyExamples } from "./toy.js";

/** 30 examples of emotion 0, 6 of emotion 1, 4 of emotion 5. */
const examples = toyExamples(40, 1).map((example, i) => ({ ...example, label: i < 30 ? 0 : i < 36 ? 1 : 5 }));
const ids = (list: typeof examples) => list.map((example) => example.clip.id);

describe("the order of an epoch", () => {
  it("has every clip once, in another order with every draw, the same for the same stream", () => {
    const order = orderEpoch(examples, "every-clip", createRandom(1).fork("epoch 1"));
    expect(ids([...order]).sort()).toEqual(ids(examples).sort());
    expect(ids(order)).not.toEqual(ids(examples));
    expect(ids(orderEpoch(examples, "every-clip", createRandom(1).fork("epoch 1")))).toEqual(ids(order));
    expect(ids(orderEpoch(examples, "every-clip", createRandom(1).fork("epoch 2")))).not.toEqual(ids(order));
  });

  it("leaves the list itself alone", () => {
    const before = ids(examples);
    orderEpoch(examples, "every-clip", createRandom(2));
    expect(ids(examples)).toEqual(before);
  });

  it("balanced, has every emotion that occurs equally often, in each batch too, from clips of its own", () => {
    const order = orderEpoch(examples, "balanced", createRandom(1).fork("epoch 1"));
    expect(order.length).toBe(40);
    const counts = new Map<number, number>();
    for (const { label } of order) counts.set(label, (counts.get(label) ?? 0) + 1);
    expect([...counts].sort()).toEqual([
      [0, 14],
      [1, 13],
      [5, 13],
    ]);
    expect(new Set(order.slice(0, 3).map(({ label }) => label)).size).toBe(3);
    for (const example of order) expect(examples).toContain(example);
    expect(new Set(ids(order.filter(({ label }) => label === 0))).size).toBeGreaterThan(8);
  });

  it("balanced by corpus, has every corpus equally often, whatever its emotions", () => {
    const ofCorpora = examples.map((example, i) => ({
      ...example,
      clip: { ...example.clip, corpus: i < 35 ? "large" : "small" },
    }));
    const order = orderEpoch(ofCorpora, "balanced-corpora", createRandom(1).fork("epoch 1"));
    expect(order.map(({ clip }) => clip.corpus)).toEqual(
      examples.map((_, i) => (i % 2 === 0 ? "large" : "small")),
    );
    for (const example of order) expect(ofCorpora).toContain(example);
    expect(new Set(ids(order.slice(0, 20))).size).toBeGreaterThan(8);
  });
});

describe("class weights", () => {
  it("balanced, are scikit-learn's n / (classes × count), and 1 for a class that does not occur", () => {
    // compute_class_weight("balanced", classes=[0, 1, 5], y) gives 0.444444, 2.222222, 3.333333
    const weights = classWeightsOf(examples, 8, "balanced");
    expect([...weights].map((weight) => weight.toFixed(6))).toEqual([
      "0.444444",
      "2.222222",
      "1.000000",
      "1.000000",
      "1.000000",
      "3.333333",
      "1.000000",
      "1.000000",
    ]);
  });

  it("none, are 1", () => {
    expect([...classWeightsOf(examples, 3, "none")]).toEqual([1, 1, 1]);
  });
});
