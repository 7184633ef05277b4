import { emotionColors } from "../../charts/palette.js";
import { sentences, texts } from "../strings.js";
import { byId } from "./elements.js";

/** What is shown as an answer: of a recording, or of the moment while a microphone is on. */
export interface ShownAnswer {
  readonly emotion: string;
  readonly confidence: number;
  readonly speech: boolean;
  readonly unsure: boolean;
  readonly probabilities: readonly number[];
}

export interface AnswerView {
  /** `of` names the recording; `isNow`: it is the answer of this moment. */
  show(answer: ShownAnswer, of: string, isNow: boolean): void;
}

/** The emotion in large letters, its confidence, and a bar for each emotion. None of them where nobody speaks. */
export function createAnswerView(labels: readonly string[]): AnswerView {
  const bars = byId("bars");
  const rows = labels.map((label) => createBar(label));
  bars.replaceChildren(...rows.map(({ item }) => item));
  return {
    show({ emotion, confidence, speech, unsure, probabilities }, of, isNow) {
      byId("answer-of").textContent = of;
      byId("emotion").textContent = speech ? emotion : texts.noSpeechWord;
      byId("confidence").textContent = speech ? sentences.confidence(confidence) : "";
      const note = byId("note");
      note.textContent = speech ? texts.unsure : isNow ? texts.noSpeechNow : texts.noSpeech;
      note.hidden = speech && !unsure;
      bars.hidden = !speech;
      byId("confidence-note").hidden = !speech;
      for (const [k, row] of rows.entries()) {
        const share = probabilities[k]!;
        row.fill.style.setProperty("--share", share.toFixed(4));
        row.item.classList.toggle("is-first", labels[k] === emotion);
        row.item.dataset.probability = share.toFixed(6);
        row.value.textContent = sentences.percent(share);
      }
    },
  };
}

function createBar(label: string) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = label;
  const track = document.createElement("span");
  track.className = "track";
  track.ariaHidden = "true";
  const fill = document.createElement("span");
  fill.className = "fill";
  fill.style.setProperty("--emotion", emotionColors[label] ?? "currentColor");
  track.append(fill);
  const value = document.createElement("span");
  value.className = "value";
  item.append(name, track, value);
  return { item, fill, value };
}
