import { describe, expect, it } from "vitest";
import { negativeLogLikelihood } from "../../src/evaluation/calibration.js";
import {
  applyEnsemble,
  compareMethods,
  ensembleMethods,
  fitEnsemble,
  simplestMethod,
} from "../../src/evaluation/ensemble.js";
import { memberOf } from "./members.js";

const skills = [0.7, 0.6, 0.5, 0.05];
const candidates = skills.map((skill, i) => ({
  name: `row-${i}`,
  validation: memberOf(10 + i, skill, 240, 6),
}));
const predictions = new Map(candidates.map(({ name, validation }) => [name, validation]));

describe("an ensemble", () => {
  it.each(ensembleMethods)(
    "of the method %s is better than its best member, with weights that sum to 1",
    (method) => {
      const ensemble = fitEnsemble(method, candidates);
      expect(ensemble.members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
      const losses = candidates.map(({ validation }) => negativeLogLikelihood(validation));
      const own = negativeLogLikelihood(applyEnsemble(ensemble, predictions));
      expect(own).toBeLessThan(Math.min(...losses));
    },
  );

  it.each(ensembleMethods)(
    "of the method %s is the same whatever order its members' clips come in",
    (method) => {
      const turned = candidates.map(({ name, validation }, i) => ({
        name,
        validation: i === 0 ? validation : [...validation.slice(i), ...validation.slice(0, i)].reverse(),
      }));
      const answers = applyEnsemble(fitEnsemble(method, candidates), predictions);
      applyEnsemble(fitEnsemble(method, turned), predictions).forEach(({ probabilities }, clip) => {
        for (const [k, p] of probabilities.entries())
          expect(p).toBeCloseTo(answers[clip]!.probabilities[k]!, 4);
      });
    },
  );

  it("gives the same answers on clips in another order", () => {
    const ensemble = fitEnsemble("stacking", candidates);
    const turned = new Map([...predictions].map(([name, rows]) => [name, [...rows].reverse()]));
    const first = applyEnsemble(ensemble, predictions);
    const second = new Map(applyEnsemble(ensemble, turned).map((one) => [one.clip, one]));
    for (const { clip, probabilities } of first)
      expect(second.get(clip)!.probabilities).toEqual(probabilities);
  });

  it("says which member's predictions it lacks", () => {
    const ensemble = fitEnsemble("average", candidates);
    expect(() => applyEnsemble(ensemble, new Map())).toThrow(/member row-\d has no predictions/);
  });
});

describe("compareMethods", () => {
  it("judges every method on speakers that it was not fitted on, the best first", () => {
    const figures = compareMethods(candidates);
    expect(new Set(figures.map(({ method }) => method))).toEqual(new Set(ensembleMethods));
    const losses = figures.map(({ loss }) => loss);
    expect(losses).toEqual([...losses].sort((a, b) => a - b));
    // A stacking of so many numbers knows the clips it was fitted on better than these figures say.
    const fitted = applyEnsemble(fitEnsemble("stacking", candidates), predictions);
    const stacking = figures.find(({ method }) => method === "stacking")!;
    expect(negativeLogLikelihood(fitted)).toBeLessThan(stacking.loss);
  });
});

describe("simplestMethod", () => {
  const figures = (losses: Record<string, readonly [number, number]>) =>
    ensembleMethods.map((method) => {
      const [loss, standardError] = losses[method]!;
      return { method, loss, standardError, accuracy: 0, uar: 0 };
    });

  it("takes the mean where a method with more to fit is better by less than one standard error", () => {
    const within = {
      average: [0.7, 0.02],
      counted: [0.695, 0.02],
      fitted: [0.69, 0.01],
      stacking: [0.685, 0],
    };
    expect(simplestMethod(figures(within as never))).toBe("average");
  });

  it("takes what is better by more", () => {
    const beyond = {
      average: [0.7, 0.01],
      counted: [0.699, 0.01],
      fitted: [0.69, 0.01],
      stacking: [0.68, 0],
    };
    expect(simplestMethod(figures(beyond as never))).toBe("fitted");
  });
});
