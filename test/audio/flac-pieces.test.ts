import { readFileSync } from "node:fs";
import { join } from "node:path";
import decode from "audio-decode";
import { describe, expect, it } from "vitest";
import { openContainerStream } from "../../src/audio/container-stream.js";
import { flacCut } from "../../src/audio/flac-cut.js";
import { goldens } from "./tones.js";

const bytes = new Uint8Array(readFileSync(join(goldens, "stereo.flac.bin")));

/** Where frames begin: what a cut must not part from the 15 bytes behind it. */
const frameStarts = Array.from(bytes.keys()).filter(
  (at) => bytes[at] === 0xff && (bytes[at + 1]! & 0xfe) === 0xf8 && at > 42,
);

describe("FLAC in pieces", () => {
  it("is cut before the header of a frame, never in it", () => {
    const [start] = frameStarts;
    for (let end = start! + 1; end < start! + 16; end++) expect(flacCut(bytes, end)).toBe(start);
    expect(flacCut(bytes, start!)).toBe(start);
  });

  it("loses no frame wherever its stream is cut", async () => {
    const { channelData } = await decode(bytes);
    for (const start of frameStarts) {
      for (let inside = 1; inside < 8; inside++) {
        const stream = openContainerStream("stream");
        const first = await stream.push(bytes.subarray(0, start + inside));
        const second = await stream.push(bytes.subarray(start + inside));
        const last = await stream.end();
        const lengths = [first, second, last].map((piece) => piece?.samples.length ?? 0);
        expect(lengths.reduce((sum, length) => sum + length)).toBe(channelData[0]!.length);
      }
    }
  });
});
