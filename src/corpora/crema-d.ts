/**
 * CREMA-D, the Crowd-sourced Emotional Multimodal Actors Dataset: 7,442 recordings of 91 actors (20 to 74 years) who
 * say twelve sentences in six emotions, one of them at three intensities. 16 kHz. File names:
 * actor_sentence_emotion_intensity. Listeners name the intended emotion from the voice alone in 40.9% of votes.
 */
import { type CorpusDefinition, type Defect, decodeField, matchName } from "./corpus.js";
import { cremaSpeakers } from "./crema-d-speakers.js";
import type { Emotion } from "./emotions.js";

const form = "1001_DFA_ANG_XX.wav";
const shape = /^(\d{4})_([A-Z]{3})_([A-Z]{3})_([A-Z]{1,2})\.wav$/;

const emotionOf: Readonly<Record<string, Emotion>> = {
  NEU: "neutral",
  HAP: "happy",
  SAD: "sad",
  ANG: "angry",
  FEA: "fearful",
  DIS: "disgust",
};
const intensityOf = { LO: "low", MD: "medium", HI: "high", XX: "unspecified" };
const sentenceOf = {
  IEO: "It's eleven o'clock",
  TIE: "That is exactly what happened",
  IOM: "I'm on my way to the meeting",
  IWW: "I wonder what this is about",
  TAI: "The airplane is almost full",
  MTI: "Maybe tomorrow it will be cold",
  IWL: "I would like a new alarm clock",
  ITH: "I think I have a doctor's appointment",
  DFA: "Don't forget a jacket",
  ITS: "I think I've seen this before",
  TSI: "The surface is slick",
  WSI: "We'll stop in a couple of minutes",
};

const contradictory = (file: string, other: string): Defect => ({
  file,
  treatment: "excluded",
  reason: `byte for byte ${other}, under another emotion: one of the two labels is wrong and nothing tells which`,
});

export const cremaD: CorpusDefinition = {
  name: "crema-d",
  title: "CREMA-D",
  url: "https://github.com/CheyneyComputerScience/CREMA-D",
  licence: "Open Database License 1.0 (contents: Database Contents License 1.0)",
  citation:
    "Cao H, Cooper DG, Keutmann MK, Gur RC, Nenkova A, Verma R (2014). CREMA-D: Crowd-sourced Emotional Multimodal " +
    "Actors Dataset. IEEE Transactions on Affective Computing 5(4): 377-390. https://doi.org/10.1109/TAFFC.2014.2336244",
  fileCount: 7442,
  optionalFiles: [],
  metadataFiles: ["VideoDemographics.csv", "summaryTable.csv", "SentenceFilenames.csv"],
  defects: [
    { file: "1076_MTI_SAD_XX.wav", treatment: "excluded", reason: "digital silence: every sample is zero" },
    contradictory("1017_IWW_ANG_XX.wav", "1017_IWW_FEA_XX.wav"),
    contradictory("1017_IWW_FEA_XX.wav", "1017_IWW_ANG_XX.wav"),
    contradictory("1006_TIE_HAP_XX.wav", "1006_TIE_NEU_XX.wav"),
    contradictory("1006_TIE_NEU_XX.wav", "1006_TIE_HAP_XX.wav"),
    contradictory("1013_WSI_DIS_XX.wav", "1013_WSI_SAD_XX.wav"),
    contradictory("1013_WSI_SAD_XX.wav", "1013_WSI_DIS_XX.wav"),
  ],

  recognises: (fileName) => shape.test(fileName),

  parse(fileName) {
    const [actor, sentence, emotion, intensity] = matchName(shape, fileName, form) as [
      string,
      string,
      string,
      string,
    ];
    const speaker = decodeField(cremaSpeakers, actor, "actor", fileName);
    return {
      speaker: actor,
      emotion: decodeField(emotionOf, emotion, "emotion", fileName),
      sentence: decodeField(sentenceOf, sentence, "sentence", fileName),
      intensity: decodeField(intensityOf, intensity, "intensity", fileName),
      sex: speaker.sex,
      age: speaker.age,
    };
  },

  place: (fileName) => `AudioWAV/${fileName}`,
};
