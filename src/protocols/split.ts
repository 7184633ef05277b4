/** The named rules that divide clips into training, validation and test. */
export const protocolNames = [
  "combined",
  "speaker-independent",
  "evar",
  "emobox-ravdess",
  "leave-one-corpus-out",
] as const;

export type ProtocolName = (typeof protocolNames)[number];

/** A division of clips, by clip id. */
export interface Split {
  readonly protocol: ProtocolName;
  /** `1`..`6` for emobox-ravdess, the held-out corpus for leave-one-corpus-out, null for a protocol without folds. */
  readonly fold: string | null;
  readonly train: readonly string[];
  readonly validation: readonly string[];
  readonly test: readonly string[];
}
