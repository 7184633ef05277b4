import type { Random } from "../core/random.js";
import type { Example } from "./example.js";
import type { Sampling } from "./run-spec.js";

/**
 * The examples of one epoch in their order: every clip once, shuffled; or, balanced, as many draws in which every emotion
 * (or corpus) that occurs comes equally often.
 */
export function orderEpoch(examples: readonly Example[], sampling: Sampling, random: Random): Example[] {
  if (sampling === "every-clip") return random.shuffle([...examples]);
  const byKind = new Map<number | string, Example[]>();
  for (const example of examples) {
    const kind = sampling === "balanced" ? example.label : example.clip.corpus;
    const group = byKind.get(kind);
    if (group === undefined) byKind.set(kind, [example]);
    else group.push(example);
  }
  const groups = [...byKind.values()];
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
