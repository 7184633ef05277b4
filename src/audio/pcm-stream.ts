import { LabError } from "../core/errors.js";
import { joinBytes } from "./join-samples.js";
import { usualLimits } from "./limits.js";
import { decodePcm } from "./pcm.js";
import { type PcmFormat, pcmFormats } from "./pcm-formats.js";
import { mixToMono, type PcmData, withNumbersOnly } from "./sound.js";

/** What raw samples are: nothing in them tells it. */
export interface PcmLayout {
  readonly format: PcmFormat;
  readonly channels: number;
  readonly rateHz: number;
}

/**
 * Raw samples, piece by piece as they arrive, to mono at their own rate. A piece may end anywhere, also inside a sample:
 * what is left over waits for the next one. Numbers that are none (NaN, infinite) become 0, so that one broken sample
 * does not silence the windows around it.
 *
 * Throws LabError for a layout that cannot be.
 */
export function openPcmStream({ format, channels, rateHz }: PcmLayout): (bytes: Uint8Array) => Float32Array {
  const { mostChannels } = usualLimits;
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
  return openSampleStream({ ...pcmFormats[format], channels, rateHz }, "The stream");
}

/** The same for samples of any layout that a header tells. Throws LabError, naming the stream, for sizes that do not exist. */
export function openSampleStream(
  layout: Omit<PcmData, "bytes">,
  name: string,
): (bytes: Uint8Array) => Float32Array {
  const frameBytes = (layout.bits / 8) * layout.channels;
  let rest = new Uint8Array(0);
  return (bytes) => {
    const joined = joinBytes(rest, bytes);
    const whole = joined.length - (joined.length % frameBytes);
    rest = joined.slice(whole);
    if (whole === 0) return new Float32Array(0);
    const sound = decodePcm({ ...layout, bytes: joined.subarray(0, whole) }, name);
    const mono = mixToMono(sound.channels);
    return layout.encoding === "float" ? withNumbersOnly(mono) : mono;
  };
}
