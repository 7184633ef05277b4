/**
 * Runs training steps for so many seconds, at least so many.
 * @param {() => void} step
 * @param {{ seconds: number, fewestSteps: number, batch: number }} amount
 * @returns {{ clipsPerSecond: number, steps: number }}
 */
export function stepRate(step, { seconds, fewestSteps, batch }) {
  const start = performance.now();
  let steps = 0;
  let elapsed = 0;
  while (steps < fewestSteps || elapsed < seconds) {
    step();
    steps++;
    elapsed = (performance.now() - start) / 1000;
  }
  return { clipsPerSecond: (steps * batch) / elapsed, steps };
}
