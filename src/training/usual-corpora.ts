import type { ProtocolName } from "../protocols/split.js";

/** The corpora that a protocol divides when none are named. */
export function usualCorpora(protocol: ProtocolName): readonly string[] {
  if (protocol === "evar") return ["crema-d"];
  if (protocol === "emobox-ravdess") return ["ravdess"];
  return ["crema-d", "ravdess", "tess"];
}
