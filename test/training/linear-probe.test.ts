import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { fitLinearProbe } from "../../src/training/linear-probe.js";

/** What scripts/goldens/linear-probe.py wrote. */
const golden = JSON.parse(
  readFileSync(join(__dirname, "..", "goldens", "training", "linear-probe.json"), "utf8"),
) as {
  vectors: number[][];
  labels: number[];
  cases: { penalty: number; classWeights: "none" | "balanced"; probabilities: number[][] }[];
};
const examples = golden.vectors.map((vector, i) => ({
  vector: Float32Array.from(vector),
  label: golden.labels[i]!,
}));

describe("the linear probe", () => {
  beforeAll(() => void loadTensorFlow());

  it.each(golden.cases)(
    "equals scikit-learn's logistic regression at penalty $penalty, class weights $classWeights",
    ({ penalty, classWeights, probabilities }) => {
      const probe = fitLinearProbe(examples, { classes: 3, penalty, classWeights });
      const answers = probe(examples.slice(0, probabilities.length).map(({ vector }) => vector));
      for (const [i, row] of probabilities.entries())
        for (const [k, p] of row.entries()) expect(answers[i]![k]).toBeCloseTo(p, 3);
    },
  );

  it("leaves no tensor behind, and has nothing to say of no clips", () => {
    const before = tf.memory().numTensors;
    const probe = fitLinearProbe(examples, { classes: 3 });
    expect(probe([])).toEqual([]);
    probe([examples[0]!.vector]);
    expect(tf.memory().numTensors).toBe(before);
    expect(() => fitLinearProbe([], { classes: 3 })).toThrow("no examples");
  });
});
