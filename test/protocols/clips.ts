import fc from "fast-check";
import type { Clip } from "../../src/corpora/clip.js";
import { emotions } from "../../src/corpora/emotions.js";

/** A clip of a catalogue that exists only in a test. */
export function clipOf(corpus: string, speaker: string, name: string, more: Partial<Clip> = {}): Clip {
  const id = `${corpus}/${name}`;
  return {
    id,
    corpus,
    path: `/nowhere/${id}`,
    checksum: id,
    speaker: `${corpus}/${speaker}`,
    emotion: "neutral",
    sentence: "",
    intensity: "unspecified",
    sex: "unknown",
    age: null,
    duration: 1,
    defect: null,
    ...more,
  };
}

const speakersOf: Readonly<Record<string, readonly string[]>> = {
  ravdess: Array.from({ length: 24 }, (_, i) => String(i + 1).padStart(2, "0")),
  "crema-d": Array.from({ length: 91 }, (_, i) => String(1001 + i)),
  tess: ["OAF", "YAF"],
  mine: ["a", "b", "c", "d"],
};

/** Clips of every emotion of every speaker of the corpora, so that no part of any protocol is empty. */
export function fullCatalogue(corpora: readonly string[], takes: readonly number[] = [1, 2]): Clip[] {
  return corpora.flatMap((corpus) =>
    (speakersOf[corpus] as readonly string[]).flatMap((speaker) =>
      emotions.flatMap((emotion) =>
        takes.map((take) => clipOf(corpus, speaker, `${speaker}-${emotion}-${take}.wav`, { emotion })),
      ),
    ),
  );
}

/**
 * Catalogues in any order: a full one, plus clips of any corpus, speaker and emotion, some of which hold the same bytes
 * as others, also across speakers, emotions and corpora.
 */
export const anyCatalogue: fc.Arbitrary<Clip[]> = fc
  .tuple(
    fc.subarray(["tess", "mine"]),
    fc.array(
      fc.record({
        corpus: fc.constantFrom("ravdess", "crema-d"),
        speaker: fc.nat(90),
        emotion: fc.constantFrom(...emotions),
        sound: fc.nat(15),
      }),
      { maxLength: 60 },
    ),
    fc.integer(),
  )
  .map(([more, extra, seed]) => {
    const clips = fullCatalogue(["ravdess", "crema-d", ...more], [1]);
    extra.forEach(({ corpus, speaker, emotion, sound }, index) => {
      const speakers = speakersOf[corpus] as readonly string[];
      const name = speakers[speaker % speakers.length] as string;
      clips.push(clipOf(corpus, name, `extra-${index}.wav`, { emotion, checksum: `same-${sound}` }));
    });
    // A simple shuffle by a number, so that a failing case can be shown again.
    return clips
      .map((clip, index) => ({ clip, key: Math.sin((index + 1) * (seed + 1)) }))
      .sort((a, b) => a.key - b.key)
      .map(({ clip }) => clip);
  });
