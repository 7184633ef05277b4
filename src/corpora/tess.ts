/**
 * TESS, the Toronto Emotional Speech Set: two women, OAF (64 years) and YAF (26), say "Say the word ..." with 200 words
 * in seven emotions, 2,800 recordings at 24,414 Hz. File names: speaker_word_emotion; `ps` is pleasant surprise.
 */
import { type CorpusDefinition, decodeField, matchName } from "./corpus.js";
import type { Emotion } from "./emotions.js";

const form = "OAF_back_angry.wav";
const shape = /^(OAF|YAF|OA)_([a-z]+)_([a-z]+)\.wav$/;

const emotionOf: Readonly<Record<string, Emotion>> = {
  neutral: "neutral",
  happy: "happy",
  sad: "sad",
  angry: "angry",
  fear: "fearful",
  disgust: "disgust",
  ps: "surprised",
};
/** Age in years; OA is OAF, misspelt in one file name. */
const speakerOf = {
  OAF: { name: "OAF", age: 64 },
  YAF: { name: "YAF", age: 26 },
  OA: { name: "OAF", age: 64 },
};

const absent =
  "missing from the public copies of the corpus: everyone trains and tests on the 2,798 others, with or without it";
const aiff = "an AIFF file under a .wav name; read as what it is";

export const tess: CorpusDefinition = {
  name: "tess",
  title: "TESS",
  url: "https://doi.org/10.5683/SP2/E8H2MF",
  licence: "CC BY-NC-ND 4.0",
  citation:
    "Pichora-Fuller MK, Dupuis K (2020). Toronto emotional speech set (TESS). Borealis, V1. " +
    "https://doi.org/10.5683/SP2/E8H2MF",
  fileCount: 2800,
  optionalFiles: ["OAF_back_angry.wav", "YAF_beg_sad.wav"],
  metadataFiles: [],
  defects: [
    { file: "OAF_back_angry.wav", treatment: "excluded", reason: absent },
    { file: "YAF_beg_sad.wav", treatment: "excluded", reason: absent },
    { file: "YAF_germ_angry.wav", treatment: "corrected", reason: aiff },
    { file: "YAF_neat_fear.wav", treatment: "corrected", reason: aiff },
    {
      file: "OAF_food_fear.wav",
      treatment: "corrected",
      reason: "sampled at 96 kHz where the corpus has 24,414 Hz; resampled like every clip",
    },
    { file: "OA_bite_neutral.wav", treatment: "corrected", reason: "name misspelt: the speaker is OAF" },
  ],

  recognises: (fileName) => shape.test(fileName),

  parse(fileName) {
    const [speakerCode, word, emotion] = matchName(shape, fileName, form) as [string, string, string];
    const speaker = decodeField(speakerOf, speakerCode, "speaker", fileName);
    return {
      speaker: speaker.name,
      emotion: decodeField(emotionOf, emotion, "emotion", fileName),
      sentence: `Say the word ${word}`,
      intensity: "unspecified",
      sex: "female",
      age: speaker.age,
    };
  },

  place(fileName) {
    const [speakerCode, , emotion] = fileName.replace(/\.wav$/, "").split("_");
    return `${speakerCode === "OA" ? "OAF" : speakerCode}_${emotion}/${fileName}`;
  },
};
