import { clock } from "../core/clock.js";
import { wholePercent } from "../core/percent.js";
// Every English word of the page. A translation is a file like this one.

/** Texts that stand in the page as they are: elements name them with data-text, labels with data-label. */
export const texts = {
  title: "affectlab: which emotion a voice sounds like",
  name: "affectlab",
  tagline: "Which emotion a voice sounds like, computed on this device.",
  record: "Record",
  stop: "Stop",
  chooseFile: "Choose a file",
  dropHint: "or drop a recording anywhere on this page: WAV, FLAC, MP3, OGG, Opus, M4A or WebM.",
  dropHere: "Drop the recording here",
  skip: "Skip to the answer",
  theme: "Appearance",
  themeSystem: "System",
  themeLight: "Light",
  themeDark: "Dark",
  answerHeading: "Answer",
  probabilitiesLabel: "Probability of each emotion",
  soundHeading: "Sound",
  overlayToggle: "Show what the model listened to",
  timelineHeading: "Timeline",
  timelineTable: "Timeline as a table",
  exportCsv: "Save as CSV",
  exportPng: "Save as PNG",
  columnTime: "Time",
  columnEmotion: "Emotion",
  columnConfidence: "Confidence",
  privacy: "No recording leaves this device: the page has no server to send it to.",
  responsible:
    "The model learnt from acted English speech. It tells what a voice sounds like, not what a person feels; do not use it to decide about people, and not at work or school, where the EU's AI Act prohibits it.",
  responsibleLink: "Responsible use",
  backToPage: "Back to the page",
  loading: "Loading the model…",
  ready: "Ready. Record your voice or choose a recording.",
  unsure: "The model is unsure: answers of this confidence are more often wrong than right.",
  noSpeechWord: "No speech",
  noSpeech: "Nobody seems to speak in this recording, so there is no emotion to tell.",
  noSpeechNow: "Nobody speaks at this moment.",
  unsureMark: "unsure",
  confidenceNote:
    "The confidence is adjusted to how often such answers are right on voices that the model has not heard. The bars are what it computes, as it stands.",
  listening: "Listening…",
  thinking: "Listening to the recording…",
  asksForMicrophone: "Your browser asks whether this page may use the microphone.",
} as const;

export type TextName = keyof typeof texts;

/** Sentences about what went wrong, each with what to do. */
export const problems = {
  noJavaScript: "This page needs JavaScript and a browser of 2024 or later.",
  unsupported:
    "This browser lacks what the page needs (workers with modules and WebAssembly). Use a current Chrome, Edge, Firefox or Safari.",
  noBackend:
    "The model cannot be computed in this browser: neither WebGPU nor WebGL nor WebAssembly answers. Update the browser, or open the page in another one.",
  noModel: "The model did not arrive. Check the connection and load the page again.",
  worker:
    "The part of the page that computes did not start. Load the page again; if that does not help, use another browser.",
  silent: "This recording is silent. Check the microphone's level, or that this is the recording you mean.",
  microphoneRefused:
    "The microphone was refused. Allow it for this page (the symbol left of the address), then press Record again, or choose a file instead.",
  microphoneMissing: "There is no microphone. Connect one and press Record again, or choose a file instead.",
  microphoneBusy:
    "The microphone cannot be read. Close other programs that use it and press Record again, or choose a file instead.",
  microphoneInsecure:
    "Browsers give the microphone to pages from https:// or localhost only. Open the page there, or choose a file instead.",
  noFile: "What was dropped is no file. Drop a recording from a folder.",
} as const;

export type ProblemName = keyof typeof problems;

/** Texts with something in them. */
export const sentences = {
  confidence: (share: number): string => `${wholePercent(share)} confidence`,
  probability: (emotion: string, share: number): string => `${emotion}: ${wholePercent(share)}`,
  percent: wholePercent,
  recording: (seconds: number): string => `Recording, ${seconds.toFixed(0)} s`,
  behind: (seconds: number): string =>
    `This device computes slower than you speak: the answer is ${seconds.toFixed(0)} s late.`,
  timelineTitle: (name: string): string => `Emotions in ${name}`,
  fileTitle: (name: string, seconds: number): string => `${name}, ${seconds.toFixed(1)} s`,
  ownRecording: "Your recording",
  recordingName: "recording",
  model: (name: string, parameters: number): string => `Model “${name}”, ${thousands(parameters)} weights.`,
  accuracy: (n: number, share: number, [low, high]: readonly [number, number]): string =>
    `It is right for ${wholePercent(share)} of ${n.toLocaleString("en")} acted clips of voices that it had not heard (95% interval ${wholePercent(low)} to ${wholePercent(high)}).`,
  standIn: "It stands in for the model “page”, which is not published yet.",
  backend: (name: string): string => `Computed by ${backendTitles[name] ?? name}.`,
  soundDescription: (seconds: number, emotion: string | null): string =>
    `Waveform and spectrogram of ${seconds.toFixed(1)} seconds${emotion === null ? "" : `; what speaks for ${emotion} is marked`}.`,
  overlayLegend: (emotion: string): string => `Cyan marks what spoke for “${emotion}”.`,
  noOverlay: "For this sound the page cannot show what the model listened to.",
  timelineDescription: (seconds: number, spokenShare: number): string =>
    `Probability of each emotion over ${seconds.toFixed(1)} seconds; ${wholePercent(spokenShare)} of them are speech.`,
  timeRange: (start: number, end: number): string => `${clock(start)} – ${clock(end)}`,
  clock,
} as const;

const backendTitles: Readonly<Record<string, string>> = {
  webgpu: "WebGPU",
  webgl: "WebGL",
  wasm: "WebAssembly",
};

function thousands(count: number): string {
  return count < 1e6 ? `${Math.round(count / 1e3)} thousand` : `${(count / 1e6).toFixed(1)} million`;
}
