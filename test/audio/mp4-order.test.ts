import { readFileSync } from "node:fs";
import { join } from "node:path";
import decode from "audio-decode";
import { describe, expect, it } from "vitest";
import { decodeAudio } from "../../src/audio/decode.js";
import { movieFirst } from "../../src/audio/mp4-order.js";
import { goldens } from "./tones.js";

/** ftyp, free, mdat, moov: as most programs write it. */
const bytes = new Uint8Array(readFileSync(join(goldens, "sine.m4a.bin")));
const typeAt = (from: Uint8Array, at: number): string => Buffer.from(from).toString("latin1", at + 4, at + 8);
const joined = ({ head, media }: NonNullable<ReturnType<typeof movieFirst>>): Uint8Array =>
  new Uint8Array(Buffer.concat([head, ...media]));

describe("an MP4 file whose tables stand at its end", () => {
  it("has them before its sound, and is the same file otherwise", async () => {
    const ordered = joined(movieFirst(bytes)!);
    expect(ordered.length).toBe(bytes.length);
    expect([typeAt(ordered, 0), typeAt(ordered, 28), typeAt(ordered, 36)]).toEqual(["ftyp", "free", "moov"]);
    const [before, after] = [await decode(bytes), await decode(ordered)];
    expect(after.sampleRate).toBe(before.sampleRate);
    expect(after.channelData).toEqual(before.channelData);
  });

  it("gives its sound piece by piece: none of it before the bytes that hold it", async () => {
    const { head, media } = movieFirst(bytes)!;
    const decoder = await decode.m4a();
    expect((await decoder(head)).channelData).toEqual([]);
    const half = media[0]!.length >> 1;
    const lengths = [];
    for (const piece of [media[0]!.subarray(0, half), media[0]!.subarray(half)])
      lengths.push((await decoder(piece)).channelData[0]!.length);
    decoder.free();
    const whole = (await decode(bytes)).channelData[0]!.length;
    expect(lengths[0]).toBeGreaterThan(0.3 * whole);
    expect(lengths[0]! + lengths[1]!).toBe(whole);
  });

  it("sounds the same in either order", async () => {
    const { samples } = await decodeAudio(joined(movieFirst(bytes)!), "ordered.m4a");
    expect(samples).toEqual((await decodeAudio(bytes, "usual.m4a")).samples);
  });

  it("is taken as it comes when it lacks its tables", () => {
    expect(movieFirst(bytes.subarray(0, 5_000))).toBeNull();
    expect(movieFirst(bytes.subarray(0, 5_500))).toBeNull();
  });
});
