/**
 * From a recording to its emotion, without anything that trains, draws or runs notebooks:
 *
 *     import { decodeFile, loadPredictor, predictRecording } from "affectlab/inference";
 *
 *     const predictor = await loadPredictor();
 *     const { emotion, confidence } = predictRecording(predictor, await decodeFile("recording.wav"));
 *
 * For Node: it loads TensorFlow's native library and reads models from the disk. A page takes the files beside this one
 * that need neither (assemble-predictor, predict, model-card).
 */

export { decodeAudio } from "../audio/decode.js";
export { decodeFile } from "../audio/decode-file.js";
export { sampleRateHz, type Wave } from "../audio/wave.js";
export { LabError } from "../core/errors.js";
export { assemblePredictor, type PredictorParts, type PublishedPredictor } from "./assemble-predictor.js";
export { loadPredictor, type PredictorChoice } from "./load-predictor.js";
export { loadVoiceActivity } from "./load-voice-activity.js";
export { type ModelCard, parseModelCard } from "./model-card.js";
export {
  type EmotionAnswer,
  type Predictor,
  predictRecording,
  predictWaves,
  windowSamples,
} from "./predict.js";
export { findSpeech, type SpeechSegment, speechIn } from "./speech-segments.js";
export {
  answerRecording,
  type RecordingAnswer,
  type TimelineEntry,
  type TimelineOptions,
} from "./timeline.js";
export {
  chunkSamples,
  createVoiceActivity,
  speechProbabilities,
  type VoiceActivity,
  type VoiceListener,
} from "./voice-activity.js";
