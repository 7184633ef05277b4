import { LabError } from "../core/errors.js";
import { percentSign } from "../core/percent.js";
import type { PartMetrics } from "../evaluation/report.js";

/** How much of the source's UAR, on all test clips or those of a corpus, int8 may cost. */
const mostLost = 0.01;

/** Throws LabError when int8 loses more than a point of the source's UAR on the same sound, on all clips or on a corpus. */
export function requireAccuracy(test: PartMetrics, source: PartMetrics): void {
  const losses = Object.entries(source).flatMap(([corpus, { uar }]) => {
    const own = test[corpus]?.uar.value;
    return own === undefined || uar.value - own <= mostLost
      ? []
      : [`${corpus}: ${percentSign(own)} instead of ${percentSign(uar.value)}`];
  });
  if (losses.length === 0) return;
  throw new LabError(
    `int8 costs more than a point of UAR (${losses.join(", ")}).`,
    "Nothing was written; export float16, which halves the file.",
  );
}
