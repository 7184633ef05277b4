import type { Random } from "../core/random.js";
import type { Example } from "./example.js";

/**
 * The examples of one epoch in their order: every clip once, shuffled; or, balanced, as many draws in which every
 * emotion that occurs comes equally often.
 */
export function orderEpoch(
  examples: readonly Example[],
  sampling: "every-clip" | "balanced",
  random: Random,
): Example[] {
  if (sampling === "every-clip") return random.shuffle([...examples]);
  const byLabel = new Map<number, Example[]>();
  for (const example of examples) {
    const group = byLabel.get(example.label);
    if (group === undefined) byLabel.set(example.label, [example]);
    else group.push(example);
  }
  const groups = [...byLabel.values()];
  return examples.map((_, i) => {
    const group = groups[i % groups.length]!;
    return group[random.below(group.length)]!;
  });
}

/**
 * Weights of the classes in the loss: "balanced" gives n / (classes × count), as scikit-learn does, over the
 * classes that occur; a class without examples weighs 1.
 */
export function classWeightsOf(
  examples: readonly Pick<Example, "label">[],
  classes: number,
  kind: "none" | "balanced",
): Float32Array {
  const weights = new Float32Array(classes).fill(1);
  if (kind === "none") return weights;
  const counts = new Array<number>(classes).fill(0);
  for (const { label } of examples) counts[label]!++;
  const present = counts.filter((count) => count > 0).length;
  counts.forEach((count, label) => {
    if (count > 0) weights[label] = examples.length / (present * count);
  });
  return weights;
}
