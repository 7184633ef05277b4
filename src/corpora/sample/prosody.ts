import type { Random } from "../../core/random.js";
import type { Emotion } from "../emotions.js";

/** How something is said, against the same voice speaking neutrally. */
export interface Prosody {
  /** Shift of the mean pitch. */
  readonly semitones: number;
  /** Factor on how far the pitch moves within the sentence. */
  readonly range: number;
  /** Factor on the speaking rate. */
  readonly rate: number;
  readonly decibels: number;
  /** Spectral tilt, negative for dark, positive for tense and bright. */
  readonly tilt: number;
  /** Amplitude of aspiration noise against the voice. */
  readonly breath: number;
  /** Depth, 0 to 1, of a slow trembling of loudness (with the pitch following) and of fast roughness. */
  readonly tremor: number;
  readonly roughness: number;
  /** Punctuation: eSpeak NG's intonation follows it. */
  readonly mark: "." | "!" | "?";
}

/**
 * Usual directions of acted emotion in English (Scherer 2003, Vocal communication of emotion, table 2; Juslin and
 * Laukka 2003, table 7), in sizes that suit this synthesiser. They make sample data, not a model of speech.
 */
const usual: Readonly<Record<Emotion, Prosody>> = {
  neutral: {
    semitones: 0,
    range: 1,
    rate: 1,
    decibels: 0,
    tilt: 0,
    breath: 0,
    tremor: 0,
    roughness: 0,
    mark: ".",
  },
  calm: {
    semitones: -1,
    range: 0.7,
    rate: 0.86,
    decibels: -4,
    tilt: -0.15,
    breath: 0.02,
    tremor: 0,
    roughness: 0,
    mark: ".",
  },
  happy: {
    semitones: 3.5,
    range: 1.7,
    rate: 1.08,
    decibels: 3,
    tilt: 0.12,
    breath: 0,
    tremor: 0,
    roughness: 0,
    mark: "!",
  },
  sad: {
    semitones: -2,
    range: 0.5,
    rate: 0.78,
    decibels: -6,
    tilt: -0.3,
    breath: 0.04,
    tremor: 0.15,
    roughness: 0,
    mark: ".",
  },
  angry: {
    semitones: 2,
    range: 1.3,
    rate: 1.15,
    decibels: 6,
    tilt: 0.35,
    breath: 0,
    tremor: 0,
    roughness: 0.25,
    mark: "!",
  },
  fearful: {
    semitones: 4.5,
    range: 0.8,
    rate: 1.22,
    decibels: 1,
    tilt: 0.05,
    breath: 0.05,
    tremor: 0.4,
    roughness: 0,
    mark: ".",
  },
  disgust: {
    semitones: -2,
    range: 1.2,
    rate: 0.85,
    decibels: 0,
    tilt: 0.1,
    breath: 0.01,
    tremor: 0,
    roughness: 0.35,
    mark: ".",
  },
  surprised: {
    semitones: 5,
    range: 2,
    rate: 0.98,
    decibels: 2,
    tilt: 0.05,
    breath: 0.02,
    tremor: 0,
    roughness: 0,
    mark: "?",
  },
};

/** How one speaker departs from the usual: drawn once a speaker, so that a new voice is more than a new pitch. */
export interface Habit {
  readonly strength: number;
  readonly semitones: Readonly<Record<Emotion, number>>;
  readonly rate: Readonly<Record<Emotion, number>>;
}

/** A speaker's habits, from the speaker's own random stream. */
export function drawHabit(random: Random): Habit {
  const perEmotion = (spread: number): Record<Emotion, number> => {
    const names = Object.keys(usual) as Emotion[];
    return Object.fromEntries(names.map((name) => [name, spread * random.normal()])) as Record<
      Emotion,
      number
    >;
  };
  return { strength: random.between(0.9, 1.25), semitones: perEmotion(0.6), rate: perEmotion(0.04) };
}

/**
 * How this clip is said: the emotion's usual prosody scaled by the clip's and the speaker's strength, with the
 * speaker's habit and some chance, because nobody says a thing the same way twice.
 */
export function drawProsody(emotion: Emotion, strength: number, habit: Habit, random: Random): Prosody {
  const { semitones, range, rate, decibels, tilt, breath, tremor, roughness, mark } = usual[emotion];
  const scale = strength * habit.strength;
  const vary = (spread: number): number => spread * random.normal();
  return {
    semitones: semitones * scale + habit.semitones[emotion] + vary(0.9),
    range: range ** scale * Math.exp(vary(0.2)),
    rate: rate ** scale * Math.exp(habit.rate[emotion] + vary(0.06)),
    decibels: decibels * scale + vary(2),
    tilt: tilt * scale + vary(0.06),
    breath: breath * scale + Math.abs(vary(0.008)),
    tremor: Math.min(0.8, tremor * scale + Math.abs(vary(0.04))),
    roughness: Math.min(0.8, roughness * scale + Math.abs(vary(0.04))),
    mark: random.chance(0.75) ? mark : ".",
  };
}
