import type { Emotion } from "../emotions.js";
import { type SampleSpeaker, sampleSpeakers } from "./speakers.js";

/** One clip of the sample: where it goes and what is said how. */
export interface SampleClip {
  /** Relative to the sample's folder, `/` as separator, in the corpus' own layout. */
  readonly file: string;
  readonly speaker: SampleSpeaker;
  readonly emotion: Emotion;
  /** How far the voice goes from neutral; 1 is usual. */
  readonly strength: number;
  /** What is said, without its punctuation. */
  readonly text: string;
  readonly rateHz: number;
}

type Said = readonly [place: string, emotion: Emotion, strength: number, text: string];

/** Every clip, speaker after speaker. */
export function planSample(): SampleClip[] {
  return sampleSpeakers.flatMap((speaker) => {
    const rateHz = speaker.corpus === "tess" ? 24_414 : 16_000;
    const said = { ravdess: ravdessClips, "crema-d": cremaClips, tess: tessClips }[speaker.corpus](
      speaker.name,
    );
    return said.map(([place, emotion, strength, text]) => ({
      file: `${speaker.corpus}/${place}`,
      speaker,
      emotion,
      strength,
      text,
      rateHz,
    }));
  });
}

const ravdessEmotions = [
  "neutral",
  "calm",
  "happy",
  "sad",
  "angry",
  "fearful",
  "disgust",
  "surprised",
] as const;
const statements = ["Kids are talking by the door", "Dogs are sitting by the door"];

/** Speech (03-01), each emotion at normal and strong intensity, neutral at normal alone, one repetition. */
function ravdessClips(actor: string): Said[] {
  return ravdessEmotions.flatMap((emotion, e) =>
    (emotion === "neutral" ? [1] : [1, 2]).flatMap((intensity) =>
      statements.map((text, s): Said => {
        const file = `03-01-0${e + 1}-0${intensity}-0${s + 1}-01-${actor}.wav`;
        return [`Actor_${actor}/${file}`, emotion, intensity === 1 ? 1 : 1.35, text];
      }),
    ),
  );
}

const cremaEmotions: Readonly<Record<string, Emotion>> = {
  ANG: "angry",
  DIS: "disgust",
  FEA: "fearful",
  HAP: "happy",
  NEU: "neutral",
  SAD: "sad",
};
const cremaSentences: Readonly<Record<string, string>> = {
  DFA: "Don't forget a jacket",
  IEO: "It's eleven o'clock",
  ITH: "I think I have a doctor's appointment",
  IWW: "I wonder what this is about",
  TSI: "The surface is slick",
};

/** As in CREMA-D, one sentence at three intensities, the others and neutral at an unspecified one. */
function cremaClips(actor: string): Said[] {
  return Object.entries(cremaSentences).flatMap(([sentence, text]) =>
    Object.entries(cremaEmotions).flatMap(([code, emotion]) => {
      const isGraded = sentence === "IEO" && emotion !== "neutral";
      const levels: [string, number][] = isGraded
        ? [
            ["LO", 0.6],
            ["MD", 0.9],
            ["HI", 1.3],
          ]
        : [["XX", 1]];
      return levels.map(([level, strength]): Said => {
        return [`AudioWAV/${actor}_${sentence}_${code}_${level}.wav`, emotion, strength, text];
      });
    }),
  );
}

const tessEmotions: Readonly<Record<string, Emotion>> = {
  angry: "angry",
  disgust: "disgust",
  fear: "fearful",
  happy: "happy",
  neutral: "neutral",
  ps: "surprised",
  sad: "sad",
};
/** Twelve of TESS's 200 words. */
const words = [
  "bar",
  "base",
  "bath",
  "bean",
  "boat",
  "book",
  "chair",
  "date",
  "door",
  "fall",
  "gold",
  "home",
];

function tessClips(woman: string): Said[] {
  return Object.entries(tessEmotions).flatMap(([code, emotion]) =>
    words.map(
      (word): Said => [`${woman}_${code}/${woman}_${word}_${code}.wav`, emotion, 1, `Say the word ${word}`],
    ),
  );
}
