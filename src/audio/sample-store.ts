import { joinSamples } from "./join-samples.js";

/** Samples that arrive in pieces, one after the other in one array. */
export interface SampleStore {
  readonly length: number;
  add(samples: Float32Array): void;
  /** All of them; the store is empty afterwards. */
  take(): Float32Array;
}

/** So few are kept as they came, and joined at the end. */
const few = 2 ** 20;

/**
 * A store for about `expected` samples, and for `most` where there turn out to be more. Many are written straight to their
 * place: joining pieces at the end would take their memory twice. The room for them is asked for once; a system gives it
 * out as it is written to. Adding throws RangeError when there are more than both.
 */
export function openSampleStore(expected: number, most: number): SampleStore {
  let pieces: Float32Array[] = [];
  let room: Float32Array | null = null;
  let length = 0;
  const widen = (needed: number): Float32Array => {
    const wider = new Float32Array(needed <= expected ? Math.min(expected, most) : most);
    if (room !== null) wider.set(room.subarray(0, length));
    let at = 0;
    for (const piece of pieces) {
      wider.set(piece, at);
      at += piece.length;
    }
    pieces = [];
    return wider;
  };
  return {
    get length() {
      return length;
    },
    add(samples) {
      const needed = length + samples.length;
      if (needed > (room?.length ?? few)) room = widen(needed);
      if (room === null) pieces.push(samples);
      else room.set(samples, length);
      length = needed;
    },
    take() {
      const all = room === null ? joinSamples(pieces) : cut(room, length);
      [pieces, room, length] = [[], null, 0];
      return all;
    },
  };
}

/** The first `length` samples: copied where most of the room is empty, so that nothing holds on to it. */
function cut(room: Float32Array, length: number): Float32Array {
  return 2 * length < room.length ? room.slice(0, length) : room.subarray(0, length);
}
