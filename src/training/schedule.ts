/**
 * The learning rate at a step: linear from zero over the warm-up, then half a cosine down to zero at the last step
 * (Loshchilov and Hutter 2017, SGDR without restarts). Steps count from 0.
 */
export function learningRateAt(step: number, steps: number, warmupSteps: number, peak: number): number {
  if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
  const progress = (step - warmupSteps) / Math.max(1, steps - warmupSteps);
  return peak * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
}
