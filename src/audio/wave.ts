/** The sample rate of everything that the features and models see, Hz. */
export const sampleRateHz = 16_000;

/** Decoded sound: mono at 16 kHz, nominal range -1 to 1. */
export interface Wave {
  readonly samples: Float32Array;
  readonly sampleRate: typeof sampleRateHz;
}
