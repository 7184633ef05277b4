import captureUrl from "./capture-worklet.ts?worker&url";
import type { ProblemName } from "./strings.js";

/** A microphone that is open. */
export interface Microphone {
  readonly rateHz: number;
  /** Its samples, mono, as Float32Array messages; for the worker. */
  readonly port: MessagePort;
  close(): void;
}

/** The microphone cannot be had; `problem` names the sentence that says why. */
export class MicrophoneError extends Error {
  constructor(readonly problem: ProblemName) {
    super(problem);
  }
}

/**
 * Asks for the microphone and opens it, untouched by the browser's filters for telephony, which the model does not know.
 * Throws MicrophoneError.
 */
export async function openMicrophone(): Promise<Microphone> {
  if (navigator.mediaDevices === undefined) throw new MicrophoneError("microphoneInsecure");
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getUserMedia({ audio }).catch((error: unknown) => {
    throw new MicrophoneError(problemOf(error));
  });
  const context = new AudioContext();
  const close = (): void => {
    for (const track of stream.getTracks()) track.stop();
    void context.close();
  };
  try {
    await context.audioWorklet.addModule(captureUrl);
    const capture = new AudioWorkletNode(context, "capture");
    const { port1, port2 } = new MessageChannel();
    capture.port.postMessage(port1, [port1]);
    // It writes nothing to the loudspeaker, but browsers run only what leads there.
    context.createMediaStreamSource(stream).connect(capture).connect(context.destination);
    await context.resume();
    return { rateHz: context.sampleRate, port: port2, close };
  } catch {
    close();
    throw new MicrophoneError("microphoneBusy");
  }
}

function problemOf(error: unknown): ProblemName {
  const { name } = error as DOMException;
  if (name === "NotAllowedError" || name === "SecurityError") return "microphoneRefused";
  return name === "NotFoundError" ? "microphoneMissing" : "microphoneBusy";
}
