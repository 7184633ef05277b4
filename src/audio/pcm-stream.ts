import { LabError } from "../core/errors.js";
import { decodePcm } from "./pcm.js";
import { mixToMono, type PcmData } from "./sound.js";

/** Raw samples without a header, by the names that ffmpeg gives them. */
export const pcmFormats = {
  s16le: { encoding: "integer", bits: 16 },
  s24le: { encoding: "integer", bits: 24 },
  s32le: { encoding: "integer", bits: 32 },
  f32le: { encoding: "float", bits: 32 },
  f64le: { encoding: "float", bits: 64 },
  u8: { encoding: "integer", bits: 8 },
  alaw: { encoding: "a-law", bits: 8 },
  mulaw: { encoding: "mu-law", bits: 8 },
} as const satisfies Record<string, Pick<PcmData, "encoding" | "bits">>;

export type PcmFormat = keyof typeof pcmFormats;

/** What raw samples are: nothing in them tells it. */
export interface PcmLayout {
  readonly format: PcmFormat;
  readonly channels: number;
  readonly rateHz: number;
}

/** As many as a WAV header can carry is many more than a microphone has. */
const mostChannels = 32;

/**
 * Raw samples, piece by piece as they arrive, to mono at their own rate. A piece may end anywhere, also inside a sample:
 * what is left over waits for the next one. Numbers that are none (NaN, infinite) become 0, so that one broken sample
 * does not silence the windows around it.
 *
 * Throws LabError for a layout that cannot be.
 */
export function openPcmStream({ format, channels, rateHz }: PcmLayout): (bytes: Uint8Array) => Float32Array {
  if (!(Number.isInteger(channels) && channels >= 1 && channels <= mostChannels)) {
    throw new LabError(
      `Sound of ${channels} channels cannot be heard.`,
      `Use a whole number from 1 to ${mostChannels}.`,
    );
  }
  if (!(rateHz >= 4_000 && rateHz <= 192_000)) {
    throw new LabError(
      `${rateHz} Hz is no sample rate that can be heard.`,
      "Use a rate from 4,000 to 192,000 Hz.",
    );
  }
  const layout = { ...pcmFormats[format], channels, rateHz };
  const frameBytes = (layout.bits / 8) * channels;
  let rest = new Uint8Array(0);
  return (bytes) => {
    const joined = new Uint8Array(rest.length + bytes.length);
    joined.set(rest);
    joined.set(bytes, rest.length);
    const whole = joined.length - (joined.length % frameBytes);
    rest = joined.slice(whole);
    if (whole === 0) return new Float32Array(0);
    const sound = decodePcm({ ...layout, bytes: joined.subarray(0, whole) }, "The stream");
    const mono = mixToMono(sound.channels);
    return layout.encoding === "float" ? withNumbersOnly(mono) : mono;
  };
}

function withNumbersOnly(samples: Float32Array): Float32Array {
  return samples.map((sample) => (Number.isFinite(sample) ? sample : 0));
}
