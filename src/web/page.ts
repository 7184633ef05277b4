import type { RecordingAnswer } from "../inference/timeline.js";
import { type Stretch, saveFile, timelineCsv } from "./export-timeline.js";
import type {
  BackendName,
  LiveStretch,
  ModelFacts,
  Problem,
  SoundPicture,
  WorkerReport,
} from "./messages.js";
import { type Microphone, MicrophoneError, openMicrophone } from "./microphone.js";
import { openPredictionClient } from "./prediction-client.js";
import { type ProblemName, problems, sentences, texts } from "./strings.js";
import { type AnswerView, createAnswerView, type ShownAnswer } from "./view/answer-view.js";
import { byId } from "./view/elements.js";
import { connectFiles } from "./view/files.js";
import { createSoundView } from "./view/sound-view.js";
import { showTimelineTable } from "./view/timeline-table.js";
import { createTimelineView, paintTimeline } from "./view/timeline-view.js";

/** The recording that is on the page. */
interface Session {
  /** Its number in the worker's reports. */
  readonly id: number;
  readonly name: string;
  /** Null for a microphone. */
  readonly file: File | null;
  timeline: Stretch[];
  answer: ShownAnswer | null;
}

/** Starts the worker, connects the page's buttons, and shows what the worker tells. */
export function openPage(backend: BackendName | null): void {
  const sound = createSoundView(byId<HTMLCanvasElement>("sound-picture"));
  const timelineCanvas = byId<HTMLCanvasElement>("timeline-picture");
  const timeline = createTimelineView(timelineCanvas);
  const player = byId<HTMLAudioElement>("player");
  const record = byId<HTMLButtonElement>("record");
  let model: ModelFacts | null = null;
  let answers: AnswerView | null = null;
  let session: Session | null = null;
  let microphone: Microphone | null = null;

  const client = openPredictionClient(backend, onReport, () => fail(problems.worker));
  say(texts.loading);
  document.querySelector<HTMLElement>(".actions")!.hidden = false;
  connectFiles(hear, () => showProblem(problems.noFile));
  record.addEventListener("click", () => void (microphone === null ? beginRecording() : endRecording()));
  byId("overlay").addEventListener("change", ({ target }) =>
    sound.setOverlay((target as HTMLInputElement).checked),
  );
  player.addEventListener("timeupdate", () => sound.setPosition(player.currentTime));
  byId("save-csv").addEventListener("click", () => {
    const csv = timelineCsv(session!.timeline, model!.labels);
    saveFile(`${fileName()}-timeline.csv`, new Blob([csv], { type: "text/csv" }));
  });
  byId("save-png").addEventListener("click", () => {
    const title = sentences.timelineTitle(shownName());
    const picture = paintTimeline(session!.timeline, model!.labels, title);
    picture.toBlob((png) => saveFile(`${fileName()}-timeline.png`, png!));
  });

  function onReport(report: WorkerReport): void {
    if (report.kind === "ready") becomeReady(report.model, report.backend);
    else if (report.kind === "problem" && report.id === null) fail(sentenceOf(report.problem));
    else if (report.id !== session?.id)
      return; // of a recording that has been replaced
    else if (report.kind === "answer") showAnswer(report.answer);
    else if (report.kind === "sound") showSound(report.sound);
    else if (report.kind === "stretch") showStretch(report.stretch);
    else if (report.kind === "level") showLevel(report.level, report.seconds);
    else {
      closeMicrophone();
      showProblem(sentenceOf(report.problem));
    }
  }

  function becomeReady(facts: ModelFacts, backendName: string): void {
    model = facts;
    answers = createAnswerView(facts.labels);
    const { name, parameters, accuracy, isPageModel } = facts;
    byId("model").textContent = [
      sentences.model(name, parameters),
      ...(accuracy === null ? [] : [sentences.accuracy(accuracy.n, accuracy.value, accuracy.interval)]),
      ...(isPageModel ? [] : [sentences.standIn]),
      sentences.backend(backendName),
    ].join(" ");
    for (const id of ["record", "choose"]) byId<HTMLButtonElement>(id).disabled = false;
    document.documentElement.dataset.backend = backendName;
    if (session === null) say(texts.ready);
  }

  /** Answers for a file; also while the model is still on its way. */
  function hear(file: File): void {
    closeMicrophone();
    begin({ id: client.hear(file), name: file.name, file, timeline: [], answer: null });
    say(texts.thinking);
  }

  async function beginRecording(): Promise<void> {
    record.disabled = true;
    say(texts.asksForMicrophone);
    try {
      microphone = await openMicrophone();
      const id = client.listen(microphone.rateHz, microphone.port);
      begin({ id, name: sentences.recordingName, file: null, timeline: [], answer: null });
      say(texts.listening);
      timelineCanvas.dataset.live = "true";
      showRecording(true);
    } catch (error) {
      if (!(error instanceof MicrophoneError)) throw error;
      showProblem(problems[error.problem]);
    } finally {
      record.disabled = false;
    }
  }

  function endRecording(): void {
    closeMicrophone();
    say(texts.thinking);
  }

  function closeMicrophone(): void {
    if (microphone === null) return;
    microphone.close();
    microphone = null;
    client.stop();
    timelineCanvas.dataset.live = "false";
    showRecording(false);
  }

  function showRecording(isOn: boolean): void {
    record.classList.toggle("is-recording", isOn);
    byId("record-text").textContent = isOn ? texts.stop : texts.record;
    byId("level").hidden = !isOn;
  }

  function begin(next: Session): void {
    session = next;
    byId("problem").hidden = true;
    byId("answer").hidden = true;
    byId("sound").hidden = true;
    player.pause();
    if (player.src !== "") URL.revokeObjectURL(player.src);
    player.removeAttribute("src");
  }

  function showAnswer(answer: RecordingAnswer): void {
    session!.answer = answer;
    byId("problem").hidden = true; // that answers came late is over
    // What a microphone's listener has seen stays; a file brings its own timeline.
    if (session!.timeline.length === 0) session!.timeline = [...answer.timeline];
    answers!.show(answer, sentences.fileTitle(shownName(), answer.duration), false);
    byId("answer").hidden = false;
    const { emotion, confidence, speech } = answer;
    say(speech ? `${emotion}, ${sentences.confidence(confidence)}` : texts.noSpeechWord, true);
    showTimeline();
  }

  function showStretch(stretch: LiveStretch): void {
    session!.timeline.push(stretch);
    answers!.show(stretch, sentences.recording(stretch.end), true);
    byId("answer").hidden = false;
    if (stretch.behind > 1.5) showProblem(sentences.behind(stretch.behind));
    showTimeline();
  }

  function showTimeline(): void {
    const { timeline: stretches } = session!;
    const seconds = stretches.at(-1)!.end;
    const spoken = stretches.filter(({ speech }) => speech);
    const share = spoken.reduce((sum, { start, end }) => sum + end - start, 0) / seconds;
    timelineCanvas.ariaLabel = sentences.timelineDescription(seconds, share);
    timeline.show(stretches, model!.labels);
    showTimelineTable(stretches);
  }

  function showSound(picture: SoundPicture): void {
    const { answer, file } = session!;
    const emotion = picture.heard === null || !answer!.speech ? null : answer!.emotion;
    byId("sound").hidden = false;
    byId("sound-picture").ariaLabel = sentences.soundDescription(picture.seconds, emotion);
    byId("overlay").closest("label")!.hidden = emotion === null;
    byId("overlay-legend").textContent =
      emotion === null ? (answer!.speech ? sentences.noOverlay : "") : sentences.overlayLegend(emotion);
    sound.show(picture);
    const source = file ?? new Blob([picture.wav! as Uint8Array<ArrayBuffer>], { type: "audio/wav" });
    player.src = URL.createObjectURL(source);
  }

  function showLevel(level: number, seconds: number): void {
    byId("level").style.setProperty("--level", Math.sqrt(level).toFixed(3));
    byId("level").dataset.seconds = seconds.toFixed(1);
  }

  function showProblem(sentence: string): void {
    const element = byId("problem");
    if (element.textContent !== sentence || element.hidden) element.textContent = sentence;
    element.hidden = false;
    if (microphone === null) say("");
  }

  /** Tells what goes on; `isShownElsewhere`: for screen readers alone. */
  function say(text: string, isShownElsewhere = false): void {
    byId("status").textContent = text;
    byId("status").classList.toggle("is-told", isShownElsewhere);
  }

  /** Nothing can be done on this page. */
  function fail(sentence: string): void {
    closeMicrophone();
    document.querySelector<HTMLElement>(".actions")!.hidden = true;
    showProblem(sentence);
  }

  function shownName(): string {
    return session!.file === null ? sentences.ownRecording : session!.name;
  }

  function fileName(): string {
    return session!.name.replace(/\.[^.]*$/, "");
  }
}

function sentenceOf(problem: Problem): string {
  return "sentence" in problem ? problem.sentence : problems[problem.name satisfies ProblemName];
}
