/**
 * The optimiser of every side: AdamW, decay on matrices and kernels alone, no clipping, no averaged weights. Stock
 * tfjs has no decay: there it is Adam.
 */
export const optimiserSettings = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.02,
};

/** Steps of warm-up; their losses are compared between the sides. */
export const warmUpSteps = 3;
/** Stock tfjs takes up to half a minute for a step. */
export const stockWarmUpSteps = 2;
