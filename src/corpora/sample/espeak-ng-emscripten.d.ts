// @echogarden/espeak-ng-emscripten 0.3.5 ships no types; only what is used here is declared.
declare module "@echogarden/espeak-ng-emscripten" {
  interface EspeakWorker {
    /** Returns 0 when the voice is known. */
    set_voice(name: string): number;
    set_rate(wordsPerMinute: number): void;
    set_pitch(pitch: number): void;
    set_range(range: number): void;
    /** Calls back with pieces of 16-bit samples at 22,050 Hz, an empty one at the end; returning true stops it. */
    synthesize(text: string, onPiece: (samples: Int16Array | null) => boolean): void;
  }
  interface EspeakModule {
    readonly eSpeakNGWorker: new () => EspeakWorker;
  }
  export default function load(): Promise<EspeakModule>;
}
