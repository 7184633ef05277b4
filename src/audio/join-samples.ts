/** Sound that came in pieces, in one. */
export function joinSamples(pieces: readonly Float32Array[]): Float32Array {
  if (pieces.length === 1) return pieces[0]!;
  const joined = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** What is left of the bytes before, and those that came now; a copy. */
export function joinBytes(rest: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(rest.length + bytes.length);
  joined.set(rest);
  joined.set(bytes, rest.length);
  return joined;
}
