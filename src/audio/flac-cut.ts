/** The longest header of a FLAC frame, bytes (RFC 9639, 9.1). */
const longestHeader = 16;

/**
 * Where a FLAC stream of which `bytes` are there may be cut, at `end` at most: not within what may be the header of a frame.
 * The decoder's parser (codec-parser 2.5.0) overlooks a frame whose header arrives in two parts, and a file that lacks a
 * frame counts as cut off.
 */
export function flacCut(bytes: Uint8Array, end: number): number {
  for (let at = end - 1; at > Math.max(0, end - longestHeader); at--) {
    const isSync = bytes[at] === 0xff && (at + 1 >= end || (bytes[at + 1]! & 0xfe) === 0xf8);
    if (isSync) return at;
  }
  return end;
}
