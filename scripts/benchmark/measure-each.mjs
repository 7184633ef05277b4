/** @typedef {import("./results-file.mjs").Row} Row */
/** @typedef {{ task: string, text: string }} Failure */

/**
 * Runs measurement after measurement; one that fails costs its own rows and no other's.
 * @param {readonly { task: string, run: () => Promise<Row[]> }[]} measurements
 * @param {object} hooks
 * @param {(rows: readonly Row[]) => Promise<void>} hooks.onRows told the rows of each measurement that succeeds
 * @param {(failure: Failure) => Promise<void>} hooks.onFailure awaited before the next measurement begins
 * @returns {Promise<Failure[]>}
 */
export async function measureEach(measurements, { onRows, onFailure }) {
  /** @type {Failure[]} */
  const failures = [];
  for (const { task, run } of measurements) {
    /** @type {Row[]} */
    let rows;
    try {
      rows = await run();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const failure = { task, text: reason.startsWith(task) ? reason : `${task}: ${reason}` };
      failures.push(failure);
      await onFailure(failure);
      continue;
    }
    await onRows(rows);
  }
  return failures;
}
