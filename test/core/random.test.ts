import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../src/core/random.js";

const draws = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.next());
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe("a seeded random source", () => {
  it("gives the same stream for the same seed and another for another", () => {
    expect(draws(createRandom(5), 100)).toEqual(draws(createRandom(5), 100));
    expect(draws(createRandom(5), 100)).not.toEqual(draws(createRandom(6), 100));
  });

  it("goes on from a saved state, whatever it drew before", () => {
    const random = createRandom(9);
    random.normal();
    random.shuffle([1, 2, 3]);
    const state = random.state();
    const expected = draws(random, 50);
    expect(draws(createRandom(9, state), 50)).toEqual(expected);
    expect(draws(createRandom(9, JSON.parse(JSON.stringify(state))), 50)).toEqual(expected);
  });

  it("forks streams that depend on the seed and the name alone", () => {
    const random = createRandom(2);
    const before = draws(random.fork("order"), 20);
    draws(random, 1000);
    expect(draws(random.fork("order"), 20)).toEqual(before);
    expect(draws(random.fork("augmentation"), 20)).not.toEqual(before);
    expect(draws(createRandom(3).fork("order"), 20)).not.toEqual(before);
    const state = random.state();
    random.fork("anything").next();
    expect(random.state()).toEqual(state);
  });

  it("draws uniform, whole, normal and yes-or-no numbers as they are distributed", () => {
    const random = createRandom(1).fork("test");
    const many = 20_000;
    const uniform = Array.from({ length: many }, () => random.between(-1, 3));
    expect(uniform.every((value) => value >= -1 && value < 3)).toBe(true);
    expect(Math.abs(mean(uniform) - 1)).toBeLessThan(0.03);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < many; i++) counts[random.below(5)]!++;
    for (const count of counts) expect(Math.abs(count / many - 0.2)).toBeLessThan(0.015);
    const normal = Array.from({ length: many }, () => random.normal());
    expect(Math.abs(mean(normal))).toBeLessThan(0.03);
    expect(Math.abs(mean(normal.map((value) => value ** 2)) - 1)).toBeLessThan(0.05);
    expect(normal.every(Number.isFinite)).toBe(true);
    const yes = Array.from({ length: many }, () => (random.chance(0.3) ? 1 : 0));
    expect(Math.abs(mean(yes) - 0.3)).toBeLessThan(0.015);
  });

  it("shuffles every order equally often, in place, losing nothing", () => {
    const random = createRandom(4).fork("test");
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const items = ["a", "b", "c"];
      if (random.shuffle(items) !== items) throw new Error("not in place");
      counts.set(items.join(""), (counts.get(items.join("")) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count / 6000 - 1 / 6)).toBeLessThan(0.02);
  });
});
