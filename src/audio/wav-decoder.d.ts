// wav-decoder 1.3.0 ships no types.
declare module "wav-decoder" {
  interface DecodedWav {
    readonly sampleRate: number;
    readonly channelData: Float32Array[];
  }
  interface Decode {
    (bytes: ArrayBuffer, options?: { symmetric?: boolean }): Promise<DecodedWav>;
    sync(bytes: ArrayBuffer, options?: { symmetric?: boolean }): DecodedWav;
  }
  export const decode: Decode;
  const wavDecoder: { decode: Decode };
  export default wavDecoder;
}
