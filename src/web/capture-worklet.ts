// Runs in the browser's audio thread: hands the microphone's samples on, mono, a tenth of a second at a time.

/** What of an audio worklet's scope is used; TypeScript's DOM library does not know it. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare const sampleRate: number;

const pieceSamples = Math.round(sampleRate / 10);

class Capture extends AudioWorkletProcessor {
  private readonly piece = new Float32Array(pieceSamples);
  private filled = 0;
  private target: MessagePort | null = null;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<MessagePort>) => {
      this.target = data;
    };
  }

  /** `channels`: 128 samples of each of the microphone's channels. */
  process([channels]: readonly (readonly Float32Array[])[]): boolean {
    const length = channels?.[0]?.length ?? 0;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const channel of channels!) sum += channel[i]!;
      this.piece[this.filled++] = sum / channels!.length;
      if (this.filled === pieceSamples) {
        this.target?.postMessage(this.piece.slice());
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("capture", Capture);
