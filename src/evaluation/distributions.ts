/**
 * The two-sided exact sign test: the probability, when both outcomes are equally likely, of a split of `total`
 * at least as uneven as `smaller` against the rest. Sums binomial terms in logarithms, so large totals do not overflow.
 */
export function exactSignTest(smaller: number, total: number): number {
  let logTerm = -total * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= smaller; k++) {
    logTerm += Math.log((total - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}

/**
 * The upper tail of the chi-square distribution with one degree of freedom, Q(1/2, x/2): by the power series of
 * the incomplete gamma function for small x, by its continued fraction (modified Lentz) for large x
 * (Press et al., Numerical Recipes, 6.2).
 */
export function chiSquareTail(statistic: number): number {
  const x = statistic / 2;
  if (x <= 0) return 1;
  const factor = Math.exp(-x) * Math.sqrt(x / Math.PI);
  if (x < 1.5) {
    let term = 2;
    let sum = term;
    for (let k = 1; term > sum * 1e-16; k++) {
      term *= x / (0.5 + k);
      sum += term;
    }
    return 1 - factor * sum;
  }
  let b = x + 0.5;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 500; k++) {
    const a = -k * (k - 0.5);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return factor * fraction;
}
