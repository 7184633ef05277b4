/** One synthetic voice, which takes the place of a speaker of a published corpus (same number, same sex). */
export interface SampleSpeaker {
  readonly corpus: "ravdess" | "crema-d" | "tess";
  /** As the corpus' file names have it: `01`, `1001`, `OAF`. */
  readonly name: string;
  /** eSpeak NG's voice and variant. Its breathy variants (f2, f3, f5) are left out: their noise is never the same twice. */
  readonly voice: string;
  /** The vocal tract against the variant's own: above 1 shorter, all formants higher. */
  readonly tract: number;
  /** Words a minute against 175. */
  readonly pace: number;
  /** Spectral tilt of voice and microphone together, -1 (dark) to 1 (bright). */
  readonly tilt: number;
}

const speaker = (
  corpus: SampleSpeaker["corpus"],
  name: string,
  voice: string,
  tract: number,
  pace: number,
  tilt: number,
): SampleSpeaker => ({ corpus, name, voice, tract, pace, tilt });

/** The thirteen voices: chosen so that every part of every protocol has some (RAVDESS 1-14/15-18/19-24, CREMA-D's lists). */
export const sampleSpeakers: readonly SampleSpeaker[] = [
  speaker("ravdess", "01", "en-us+m3", 1, 1, 0),
  speaker("ravdess", "02", "en-us+Annie", 0.97, 0.95, 0.1),
  speaker("ravdess", "15", "en-us+ed", 0.95, 1.05, -0.1),
  speaker("ravdess", "16", "en-us+linda", 1.02, 1, 0),
  speaker("ravdess", "19", "en-us+m7", 1.05, 0.95, 0.1),
  speaker("ravdess", "20", "en-us+f4", 1, 1.05, -0.05),
  speaker("crema-d", "1001", "en-us+m1", 1, 1, -0.1),
  speaker("crema-d", "1002", "en-us+belinda", 1, 1.05, 0.1),
  speaker("crema-d", "1003", "en-us+aunty", 1.04, 1, 0),
  speaker("crema-d", "1004", "en-us+f1", 1.05, 0.95, 0.05),
  speaker("crema-d", "1009", "en-us+steph", 1.08, 1.05, 0.15),
  speaker("tess", "OAF", "en-us+grandma", 0.96, 0.95, 0),
  speaker("tess", "YAF", "en-us+shelby", 1.05, 1, 0.05),
];
