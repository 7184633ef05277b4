/**
 * The learning rate at a step, counted from 0: in a line from peak / warmupSteps up to the peak at the warm-up's last step,
 * then half a cosine (Loshchilov and Hutter 2017, SGDR without restarts) that would be zero one step after the last.
 */
export function learningRateAt(step: number, steps: number, warmupSteps: number, peak: number): number {
  if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
  const progress = (step - warmupSteps) / Math.max(1, steps - warmupSteps);
  return peak * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
}
