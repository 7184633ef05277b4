/** The power that counts as silence, -100 dB: librosa's and Whisper's floor. */
export const lowestPower = 1e-10;

/** 10 log10(x) is this times ln(x), which V8 computes three times as fast. */
export const decibelsPerLog = 10 / Math.LN10;

/**
 * Power to decibels, 10 log10(max(power, 1e-10)); where `topDecibels` is given, values further below the loudest
 * one are raised to that floor. Equal to `librosa.power_to_db(power, ref=1.0, top_db=topDecibels)`.
 */
export function powerToDecibels(power: Float64Array, topDecibels: number | null): Float32Array {
  const decibels = new Float32Array(power.length);
  let loudest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < power.length; i++) {
    const value = decibelsPerLog * Math.log(Math.max(lowestPower, power[i]!));
    decibels[i] = value;
    if (value > loudest) loudest = value;
  }
  if (topDecibels === null) return decibels;
  const floor = loudest - topDecibels;
  for (let i = 0; i < decibels.length; i++) if (decibels[i]! < floor) decibels[i] = floor;
  return decibels;
}
