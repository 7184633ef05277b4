// The page's worker: all that computes. It holds the model, and answers for files and for a microphone.
import { encodeWav } from "../../audio/encode-wav.js";
import { sampleRateHz, type Wave } from "../../audio/wave.js";
import { messageOf } from "../../core/errors.js";
import type { ModelFacts, Problem, WorkerReport, WorkerRequest } from "../messages.js";
import { answerFor, pictureOf, readFile, SilentError } from "./hear-file.js";
import { type LiveEar, openLiveEar } from "./live-ear.js";
import { type Ear, NoBackendError, NoModelError, openEar } from "./open-ear.js";

/** What of a worker's global scope is used here: TypeScript's DOM library knows the window's alone. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerRequest>) => void) | null;
  postMessage(report: WorkerReport, transfer?: Transferable[]): void;
}
const scope = self as unknown as WorkerScope;

/** The weights that the page is made for; others stand in for them until these are published. */
const pageModel = "page";

let ear: Promise<Ear> | null = null;
let live: { id: number; ear: LiveEar; port: MessagePort } | null = null;

scope.onmessage = ({ data }) => {
  const id = "id" in data ? data.id : (live?.id ?? null);
  handle(data).catch((error: unknown) =>
    scope.postMessage({ kind: "problem", id, problem: problemOf(error) }),
  );
};

async function handle(request: WorkerRequest): Promise<void> {
  switch (request.kind) {
    case "open": {
      ear = openEar(request.backend);
      const { predictor, backend } = await ear;
      return scope.postMessage({ kind: "ready", model: factsOf(predictor.card), backend });
    }
    case "hear":
      return answer(await ear!, request.id, await readFile(request.file));
    case "listen":
      return await listen(await ear!, request.id, request.rateHz, request.port);
    case "stop":
      return await stop();
  }
}

function answer(by: Ear, id: number, wave: Wave, isRecorded = false): void {
  const found = answerFor(by, wave);
  scope.postMessage({ kind: "answer", id, answer: found });
  const picture = pictureOf(by, wave, found);
  const wav = isRecorded ? encodeWav(wave.samples, sampleRateHz) : undefined;
  scope.postMessage({ kind: "sound", id, sound: wav === undefined ? picture : { ...picture, wav } });
}

async function listen(by: Ear, id: number, rateHz: number, port: MessagePort): Promise<void> {
  const opened = await openLiveEar(by, rateHz, {
    onStretch: (stretch) => scope.postMessage({ kind: "stretch", id, stretch }),
    onLevel: (level, seconds) => scope.postMessage({ kind: "level", id, level, seconds }),
  });
  live = { id, ear: opened, port };
  port.onmessage = ({ data }: MessageEvent<Float32Array>) => opened.hear(data);
}

async function stop(): Promise<void> {
  if (live === null) return;
  const { id, ear: opened, port } = live;
  live = null;
  port.close();
  const wave = opened.end();
  if (wave.samples.length === 0) throw new SilentError();
  answer(await ear!, id, wave, true);
}

function factsOf({ name, parameters, labels, metrics }: Ear["predictor"]["card"]): ModelFacts {
  const { all } = metrics.test;
  const accuracy =
    all === undefined ? null : { value: all.accuracy.value, interval: all.accuracy.clip, n: all.n };
  return { name, parameters, labels, accuracy, isPageModel: name === pageModel };
}

function problemOf(error: unknown): Problem {
  if (error instanceof SilentError) return { name: "silent" };
  console.error(error); // the page tells what to do; the reason is for those who look for it
  if (error instanceof NoBackendError) return { name: "noBackend" };
  if (error instanceof NoModelError) return { name: "noModel" };
  return { sentence: messageOf(error) };
}
