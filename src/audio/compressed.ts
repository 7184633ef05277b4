import decode from "audio-decode";
import { LabError, messageOf } from "../core/errors.js";
import { truncated, unsupported } from "./audio-errors.js";
import { reasonForTruncation } from "./declared-length.js";
import type { Sound } from "./sound.js";

/**
 * Decodes FLAC, MP3, OGG Vorbis and Opus, M4A and AAC, and the rarer formats that audio-decode recognises by
 * their content. Throws LabError, naming the file, for what is no audio, unknown, damaged or cut off.
 */
export async function decodeCompressed(bytes: Uint8Array, name: string): Promise<Sound> {
  const { channelData: channels, sampleRate: rateHz } = await decode(bytes).catch((error: unknown) => {
    throw failure(bytes, name, messageOf(error));
  });
  const samples = channels[0]?.length ?? 0;
  const reason = reasonForTruncation(bytes, samples);
  if (reason !== null) throw truncated(name, reason);
  if (samples === 0) throw unsupported(name, "no sound was found in it");
  return { channels, rateHz };
}

function failure(bytes: Uint8Array, name: string, message: string): LabError {
  if (/unknown audio format/i.test(message)) {
    return new LabError(
      `${name} is no audio: its content is neither WAV, AIFF, FLAC, MP3, OGG nor M4A.`,
      "Check that this is the file you mean; its name's ending does not matter, its content does.",
    );
  }
  const reason = reasonForTruncation(bytes, 0);
  return reason === null ? unsupported(name, message) : truncated(name, reason);
}
