import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeAudio } from "../../src/audio/decode.js";
import { TooLargeError } from "../../src/audio/limits.js";
import { recordingLimits } from "../../src/service/recording-limits.js";
import { goldens } from "../audio/tones.js";

/** A short FLAC at 16 kHz that says of itself to be so long. */
function declaring(seconds: number): Uint8Array {
  const bytes = new Uint8Array(readFileSync(join(goldens, "sine.flac.bin")));
  new DataView(bytes.buffer).setUint32(22, seconds * 16_000, false);
  return bytes;
}

describe("what a recording of the service may ask for", () => {
  it("lets a small file be as long as the service takes, also beyond the usual 80 minutes", async () => {
    const decode = (maxSeconds: number) =>
      decodeAudio(declaring(5_000), "long", { limits: recordingLimits(maxSeconds) }).then(
        () => null,
        (error: unknown) => error,
      );
    expect(await decode(600)).toBeInstanceOf(TooLargeError);
    expect(await decode(6_000)).not.toBeInstanceOf(TooLargeError);
  });
});
