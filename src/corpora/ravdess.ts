/**
 * RAVDESS, the Ryerson Audio-Visual Database of Emotional Speech and Song: here its 1,440 audio-only speech files.
 * 24 professional actors (odd numbers male, even female) say two sentences in eight emotions, each but neutral at two
 * intensities, each twice. 48 kHz. File names: modality-channel-emotion-intensity-statement-repetition-actor.
 */
import { LabError } from "../core/errors.js";
import { type CorpusDefinition, type Defect, decodeField, matchName } from "./corpus.js";
import type { Emotion } from "./emotions.js";

const form = "03-01-EE-II-SS-RR-AA.wav";
const shape = /^(\d{2})-(\d{2})-(\d{2})-(\d{2})-(\d{2})-(\d{2})-(\d{2})\.wav$/;

const emotionOf: Readonly<Record<string, Emotion>> = {
  "01": "neutral",
  "02": "calm",
  "03": "happy",
  "04": "sad",
  "05": "angry",
  "06": "fearful",
  "07": "disgust",
  "08": "surprised",
};
const intensityOf = { "01": "normal", "02": "strong" };
const sentenceOf = { "01": "Kids are talking by the door", "02": "Dogs are sitting by the door" };
const repetitionOf = { "01": 1, "02": 2 };

const stereo = (file: string): Defect => ({
  file,
  treatment: "corrected",
  reason: "stereo where the corpus is mono; its two channels are averaged",
});

export const ravdess: CorpusDefinition = {
  name: "ravdess",
  title: "RAVDESS (audio-only speech)",
  url: "https://zenodo.org/records/1188976",
  licence: "CC BY-NC-SA 4.0",
  citation:
    "Livingstone SR, Russo FA (2018). The Ryerson Audio-Visual Database of Emotional Speech and Song (RAVDESS): " +
    "A dynamic, multimodal set of facial and vocal expressions in North American English. PLoS ONE 13(5): e0196391. " +
    "https://doi.org/10.1371/journal.pone.0196391",
  fileCount: 1440,
  optionalFiles: [],
  metadataFiles: [],
  defects: [
    stereo("03-01-02-01-01-02-01.wav"),
    stereo("03-01-02-01-02-02-05.wav"),
    stereo("03-01-03-01-02-01-20.wav"),
    stereo("03-01-06-01-01-02-20.wav"),
    stereo("03-01-08-01-02-02-01.wav"),
    {
      file: "03-01-03-01-02-02-07.wav",
      treatment: "excluded",
      reason:
        "byte for byte the first repetition (03-01-03-01-02-01-07.wav), which is kept: one utterance counts once",
    },
  ],

  recognises: (fileName) => shape.test(fileName),

  parse(fileName) {
    const [modality, channel, emotion, intensity, statement, repetition, actor] = matchName(
      shape,
      fileName,
      form,
    ) as [string, string, string, string, string, string, string];
    if (modality !== "03" || channel !== "01") {
      throw new LabError(
        `${fileName} is not audio-only speech (modality ${modality}, channel ${channel}).`,
        "Only names that begin with 03-01 belong to the corpus; leave songs and videos out.",
      );
    }
    decodeField(repetitionOf, repetition, "repetition", fileName);
    const number = Number(actor);
    if (number < 1 || number > 24) {
      throw new LabError(`${fileName}: there is no actor ${actor}.`, "Actors are numbered 01 to 24.");
    }
    const found = decodeField(emotionOf, emotion, "emotion", fileName);
    if (found === "neutral" && intensity !== "01") {
      throw new LabError(`${fileName}: neutral speech has no strong intensity.`, "Check the file's name.");
    }
    return {
      speaker: actor,
      emotion: found,
      sentence: decodeField(sentenceOf, statement, "statement", fileName),
      intensity: decodeField(intensityOf, intensity, "intensity", fileName),
      sex: number % 2 === 1 ? "male" : "female",
      age: null,
    };
  },

  place: (fileName) => `Actor_${fileName.slice(18, 20)}/${fileName}`,
};
