import type { Random } from "../../core/random.js";

/** First-order emphasis of high (`tilt` > 0) or low (`tilt` < 0) frequencies; 0 leaves the sound as it is. */
export function applyTilt(samples: Float32Array, tilt: number): Float32Array {
  const slope = Math.max(-0.9, Math.min(0.9, tilt));
  return samples.map((sample, i) => sample - slope * (i > 0 ? samples[i - 1]! : 0));
}

/** Adds aspiration: noise, high-passed, that follows the voice's own loudness. `level` is its share of the voice. */
export function addBreath(samples: Float32Array, level: number, random: Random): Float32Array {
  let envelope = 0;
  let before = 0;
  return samples.map((sample) => {
    envelope = Math.max(Math.abs(sample), envelope * 0.998);
    const noise = random.between(-1, 1);
    const high = noise - before;
    before = noise;
    return sample + level * envelope * high;
  });
}

/** Lets loudness swing at `hz` by `depth` (0 to 1). */
export function swingLoudness(
  samples: Float32Array,
  rateHz: number,
  hz: number,
  depth: number,
): Float32Array {
  return samples.map(
    (sample, i) => sample * (1 - (depth / 2) * (1 + Math.sin((2 * Math.PI * hz * i) / rateHz))),
  );
}

/** Lets the pitch swing at `hz` by the share `depth` (0.03: three percent up and down), by reading at a moving pace. */
export function swingPitch(samples: Float32Array, rateHz: number, hz: number, depth: number): Float32Array {
  const reach = (depth * rateHz) / (2 * Math.PI * hz);
  return samples.map((_, i) => readBetween(samples, i + reach * Math.sin((2 * Math.PI * hz * i) / rateHz)));
}

/** The sample at a place between samples, by Catmull-Rom's cubic; 0 outside. */
function readBetween(samples: Float32Array, place: number): number {
  const i = Math.floor(place);
  const t = place - i;
  const a = samples[i - 1] ?? 0;
  const b = samples[i] ?? 0;
  const c = samples[i + 1] ?? 0;
  const d = samples[i + 2] ?? 0;
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** Scales to a root mean square of `decibels` below full scale, or less where the peak would pass 0.95. */
export function setLevel(samples: Float32Array, decibels: number): Float32Array {
  const squares = samples.reduce((sum, sample) => sum + sample * sample, 0);
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  if (peak === 0) return samples;
  const wanted = 10 ** (decibels / 20) / Math.sqrt(squares / samples.length);
  const scale = Math.min(wanted, 0.95 / peak);
  return samples.map((sample) => sample * scale);
}

/** Puts the voice into a quiet room: noise throughout, and nothing but noise before and after (seconds). */
export function placeInRoom(
  samples: Float32Array,
  rateHz: number,
  before: number,
  after: number,
  noise: number,
  random: Random,
): Float32Array {
  const start = Math.round(before * rateHz);
  const room = new Float32Array(start + samples.length + Math.round(after * rateHz));
  for (let i = 0; i < room.length; i++) room[i] = random.between(-noise, noise) + (samples[i - start] ?? 0);
  return room;
}
