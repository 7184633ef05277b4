// What this project's addon (native/) computes on arrays, outside TensorFlow. Whoever loads it says so; in a page, and in
// threads that need no TensorFlow, there is none, and TypeScript computes the same numbers.

/**
 * What the samples around a position weigh, by the position's fraction of a sample: row p for a fraction of p / `phases`,
 * with how much each weight grows to the next row behind it.
 */
export interface InterpolationRows {
  /** [phases, taps / 4, 2, 4]: four weights, then their growth, then the next four. */
  readonly values: Float64Array;
  readonly taps: number;
  readonly phases: number;
  /** How many of the samples lie before the one that the position is at or behind. */
  readonly before: number;
}

export interface NativeFunctions {
  /**
   * Fills `out` as `interpolatePlainly` does. Throws TypeError for arguments of another kind, as the other does, and for
   * positions behind the last sample.
   */
  interpolate(samples: Float32Array, step: number, out: Float32Array, rows: InterpolationRows): void;
  /** Mixes rows in place as `mixRowsPlainly` does, each with its partner. */
  mixRows(rows: Float32Array, partners: Int32Array, share: number): void;
}

let loaded: NativeFunctions | null = null;

/** Says that the addon's functions can be called from now on. */
export function addNativeFunctions(functions: NativeFunctions): void {
  loaded = functions;
}

/** The addon's functions, or null where it is not loaded. */
export function nativeFunctions(): NativeFunctions | null {
  return loaded;
}
