import type { PcmData } from "./sound.js";

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

/** Their names. */
export const pcmFormatNames = Object.keys(pcmFormats) as [PcmFormat, ...PcmFormat[]];
