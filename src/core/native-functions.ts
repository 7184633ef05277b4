// What this project's addon (native/) computes on arrays, outside TensorFlow. Whoever loads it says so; in a page, and in
// threads that need no TensorFlow, there is none, and TypeScript computes the same numbers.

/** Weights of samples around a position, by its fraction of a sample: `SincRows` of features/, and their number. */
export interface InterpolationRows {
  readonly values: Float64Array;
  readonly taps: number;
  readonly before: number;
  readonly phases: number;
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
