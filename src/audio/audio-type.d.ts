declare module "audio-type" {
  /** The container of an audio file by its content, such as `wav` or `opus`; undefined for what is none. */
  export default function audioType(bytes: Uint8Array): string | undefined;
}
