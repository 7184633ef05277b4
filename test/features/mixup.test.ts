import { describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { nativeFunctions } from "../../src/core/native-functions.js";
import { createRandom } from "../../src/core/random.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { betaSample, mixBatch, mixRowsPlainly } from "../../src/features/mixup.js";

const items = 6;
/** Item i has features i + 1 and the label i of 6. */
const batch = () => ({
  features: Float32Array.from({ length: items * 4 }, (_, i) => 1 + Math.floor(i / 4)),
  labels: Float32Array.from({ length: items * items }, (_, i) =>
    i % items === Math.floor(i / items) ? 1 : 0,
  ),
  items,
});

describe("mixup", () => {
  it.each([
    [6, 5],
    [64, 12_000],
  ])("mixes %d rows of %d by the addon as in JavaScript, bit for bit", (count, width) => {
    loadTensorFlow();
    const native = nativeFunctions();
    if (native === null) return; // there is no compiler
    const random = createRandom(5);
    for (let round = 0; round < 5; round++) {
      const partners = random.shuffle(Array.from({ length: count }, (_, item) => item));
      const rows = Float32Array.from({ length: count * width }, () => random.normal());
      const plain = rows.slice();
      mixRowsPlainly(plain, partners, 0.3);
      native.mixRows(rows, Int32Array.from(partners), 0.3);
      expect(rows).toEqual(plain);
      expect(() => native.mixRows(rows, Int32Array.from(partners).fill(0), 0.3)).toThrow("order");
    }
  });

  it("mixes features and labels of the same two items by the same share", () => {
    for (let seed = 0; seed < 50; seed++) {
      const mixed = batch();
      expect(mixBatch(mixed, { alpha: 0.4 }, createRandom(seed))).toBe(true);
      for (let item = 0; item < items; item++) {
        const label = mixed.labels.subarray(item * items, (item + 1) * items);
        const expected = label.reduce((sum, share, other) => sum + share * (other + 1), 0);
        expect(label.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
        for (const value of mixed.features.subarray(item * 4, item * 4 + 4))
          expect(value).toBeCloseTo(expected, 5);
      }
    }
  });

  it("mixes the asked part of batches and leaves the others untouched", () => {
    const random = createRandom(1);
    let mixed = 0;
    for (let round = 0; round < 2000; round++) {
      const given = batch();
      if (mixBatch(given, { alpha: 0.4, probability: 0.6 }, random)) mixed++;
      else expect(given).toEqual(batch());
    }
    expect(mixed / 2000).toBeCloseTo(0.6, 1);
  });

  it.each([0.1, 0.2, 0.4, 1])("draws shares with mean and variance of a symmetric Beta(%s)", (alpha) => {
    const random = createRandom(11);
    const draws = Array.from({ length: 40_000 }, () => betaSample(alpha, random));
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    expect(draws.every((x) => x >= 0 && x <= 1)).toBe(true);
    expect(mean).toBeCloseTo(0.5, 1.9);
    expect(variance / (1 / (4 * (2 * alpha + 1)))).toBeCloseTo(1, 1.3);
  });

  it("refuses rows that do not divide into the items", () => {
    expect(() => mixBatch({ ...batch(), items: 5 }, { alpha: 0.4 }, createRandom(0))).toThrow(
      "rows of 5 items",
    );
  });

  it.each([0, -0.4, 1.5, Number.NaN])("refuses alpha %s, which Jöhnk's method cannot draw for", (alpha) => {
    expect(() => mixBatch(batch(), { alpha, probability: 0 }, createRandom(0))).toThrow(`alpha is ${alpha}`);
    expect(() => betaSample(alpha, createRandom(0))).toThrow(LabError);
  });

  it("takes its random numbers in the order: whether, how much, with whom", () => {
    const [random, same] = [createRandom(3).fork("mixup"), createRandom(3).fork("mixup")];
    const mixed = batch();
    mixBatch(mixed, { alpha: 0.4, probability: 0.999 }, random);
    expect(same.chance(0.999)).toBe(true);
    const share = betaSample(0.4, same);
    const partners = same.shuffle([0, 1, 2, 3, 4, 5]);
    expect([...mixed.features.filter((_, i) => i % 4 === 0)]).toEqual(
      partners.map((partner, item) => Math.fround(share * (item + 1) + (1 - share) * (partner + 1))),
    );
    expect(random.state()).toEqual(same.state());
  });
});
