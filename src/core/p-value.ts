/** Twice the smallest share of resamples on a side, 1 of 1,001: a paired bootstrap's p-value is never less. */
const leastPValue = 2 / 1_001;

/** The p-value of a paired bootstrap with 1,000 resamples: "p 0.030", and "p ≤ 0.002" where it is the least there is. */
export function pValueText(pValue: number): string {
  return pValue <= leastPValue ? "p ≤ 0.002" : `p ${pValue.toFixed(3)}`;
}
