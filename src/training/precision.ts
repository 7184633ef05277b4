import { findBfloat16 } from "../core/bfloat16.js";
import { LabError } from "../core/errors.js";
import type { PrecisionChoice, Profile } from "../core/settings.js";

/** What a run's training steps compute in. What is judged is always float32. */
export type Precision = "float32" | "bf16";

/**
 * The precision that a choice means here. "auto" is bf16 where processor or graphics card has it; the sample profile
 * stays in float32, so that what a new machine shows is what another one shows.
 */
export function decidePrecision(
  choice: PrecisionChoice,
  profile: Profile,
  find: () => string | null = findBfloat16,
): Precision {
  if (choice !== "auto") return choice;
  return profile !== "sample" && find() !== null ? "bf16" : "float32";
}

/** Throws LabError when this machine cannot train in that precision. */
export function requirePrecision(precision: Precision, find: () => string | null = findBfloat16): void {
  if (precision === "float32" || find() !== null) return;
  throw new LabError(
    "This run trains in bf16, and neither processor nor graphics card has bf16 here.",
    'Train it in float32 (--precision float32, or precision: "float32" in the run\'s specification): that is another run, with numbers of its own.',
  );
}
