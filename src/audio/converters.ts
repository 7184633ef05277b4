import { ConverterType, create } from "@alexanderolsen/libsamplerate-js";

/** A conversion from one rate to another, by libsamplerate compiled to WebAssembly. */
export type Converter = Awaited<ReturnType<typeof create>>;

/**
 * libsamplerate's sinc converter of medium quality: signal-to-noise ratio above 121 dB, pass band 90% of the lower
 * rate's. The best one (pass band 97%) takes 3.2 times as long (314 against 98 ms of processor time for 3.7 s at
 * 48 kHz: eight minutes instead of two and a half for RAVDESS) and gains only what lies between 7.2 and 7.7 kHz.
 */
const converterTypes = {
  medium: ConverterType.SRC_SINC_MEDIUM_QUALITY,
  fast: ConverterType.SRC_SINC_FASTEST,
} as const;

/** `medium` for whatever is heard or learnt from; `fast` (97 dB, pass band 80%) takes 0.43 times as long. */
export type ResampleQuality = keyof typeof converterTypes;

/** A converter of one's own, for mono sound; whoever opens it destroys it. The rates are ones that `checkSampleRate` takes. */
export function openConverter(fromHz: number, toHz: number, quality: ResampleQuality): Promise<Converter> {
  return create(1, fromHz, toHz, { converterType: converterTypes[quality] });
}

/** Each holds 26 MB, and files may come at any number of rates. */
const mostShared = 4;

/** The last few pairs of rates, the newest at the end: loading the WebAssembly takes longer than resampling a short clip. */
const shared = new Map<string, Promise<Converter>>();

/**
 * A loaded converter that others use too. It is to be used at once when it has come, in one step: after the next wait it may
 * be destroyed, because other rates were asked for meanwhile.
 */
export function sharedConverter(fromHz: number, toHz: number, quality: ResampleQuality): Promise<Converter> {
  const key = `${fromHz}/${toHz}/${quality}`;
  let converter = shared.get(key);
  if (converter === undefined) {
    converter = openConverter(fromHz, toHz, quality);
    converter.catch(() => shared.delete(key)); // told to whoever waits for it; the next one tries again
  }
  shared.delete(key);
  shared.set(key, converter);
  if (shared.size > mostShared) dropOldest();
  return converter;
}

function dropOldest(): void {
  const [oldest] = shared;
  const [key, converter] = oldest!;
  shared.delete(key);
  // Whoever asked for it before asked first, and has it first.
  void converter.then(
    (unused) => unused.destroy(),
    () => undefined,
  );
}
