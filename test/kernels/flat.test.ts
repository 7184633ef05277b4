import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { flatten, unflatten } from "../../src/kernels/flat.js";
import { paths, usePath } from "./backends.js";

describe.each(paths)("flat vectors on the %s path", (path) => {
  beforeAll(() => usePath(path));
  const shapes = [[2, 3], [], [4], [1, 2, 1, 2], [4]];
  const numbers = (count: number, from: number) => Array.from({ length: count }, (_, i) => from + i);
  const tensors = () => {
    let next = 0;
    return shapes.map((shape) => {
      const size = tf.util.sizeFromShape(shape);
      next += size;
      return tf.tensor(numbers(size, next - size), shape);
    });
  };

  it("hold the numbers of tensors in order", () => {
    const flat = flatten(tensors());
    expect(flat.shape).toEqual([19]);
    expect([...flat.dataSync()]).toEqual(numbers(19, 0));
  });

  it("give the tensors back", () => {
    const back = unflatten(flatten(tensors()), shapes);
    expect(back.map(({ shape }) => shape)).toEqual(shapes);
    expect(back.flatMap((tensor) => [...tensor.dataSync()])).toEqual(numbers(19, 0));
  });

  it("may be of one tensor, and of variables", () => {
    const variable = tf.variable(tf.tensor2d([[1, 2]]));
    expect([...flatten([variable]).dataSync()]).toEqual([1, 2]);
    expect(unflatten(tf.tensor1d([5]), [[1, 1]])[0]!.arraySync()).toEqual([[5]]);
  });

  it("leave nothing behind but what is given back", () => {
    const given = tensors();
    const before = tf.memory().numTensors;
    const flat = flatten(given);
    const back = unflatten(flat, shapes);
    expect(tf.memory().numTensors).toBe(before + 1 + shapes.length);
    tf.dispose([flat, back]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
