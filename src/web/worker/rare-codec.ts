/**
 * Stands in the build for decoders of formats that hardly anybody records in (tracker modules, DSD, WMA, AC-3 and their
 * like): they would double what every visitor downloads. `affectlab predict` reads those.
 */
export default function openRareCodec(): Promise<never> {
  return Promise.reject(new Error("the page has no decoder for this format"));
}
