import { randomBytes } from "node:crypto";
import { writeBundle } from "./kernel-output.js";

/** An output that can be replaced where it stands. */
export interface UpdatableDisplay {
  /** Shows these forms (MIME type to content), in place of what was shown before. */
  update(data: Readonly<Record<string, unknown>>): void;
}

/**
 * An output below the running cell whose content can be replaced in place, also by later cells. Outside a notebook
 * it does nothing, so that the same code runs in a script.
 */
export function updatable(): UpdatableDisplay {
  const displayId = `affectlab-${randomBytes(8).toString("hex")}`;
  let isShown = false;
  return {
    update(data) {
      if (writeBundle({ data, displayId, update: isShown })) isShown = true;
    },
  };
}
