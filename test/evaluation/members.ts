import { createRandom } from "../../src/core/random.js";
import { emotions } from "../../src/corpora/emotions.js";
import type { Prediction } from "../../src/evaluation/prediction.js";

/**
 * A member that puts `skill` (0 to 1) of its probability towards the label, the rest at random. Labels and speakers are
 * the same for every member.
 */
export function memberOf(seed: number, skill: number, clips = 200, speakers = 1): Prediction[] {
  const labels = createRandom(1);
  const random = createRandom(seed);
  return Array.from({ length: clips }, (_, i) => {
    const emotion = emotions[labels.below(emotions.length)]!;
    const raw = emotions.map((name) => random.next() + (name === emotion ? 3 * skill * random.next() : 0));
    const sum = raw.reduce((total, value) => total + value, 0);
    const probabilities = raw.map((value) => value / sum);
    const predicted = emotions[probabilities.indexOf(Math.max(...probabilities))]!;
    return {
      clip: `crema-d/${1000 + i}.wav`,
      corpus: "crema-d",
      speaker: `crema-d/${1001 + (i % speakers)}`,
      emotion,
      predicted,
      probabilities,
    };
  });
}
