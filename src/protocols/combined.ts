/**
 * `combined`: all clips, 60/20/20 at random, stratified by corpus and emotion. Comparable with most published tables.
 * Speakers, and even sentences, recur on both sides: it measures how well a model knows these voices.
 */
import type { Clip } from "../corpora/clip.js";
import { drawStratified, type Part } from "./parts.js";

/** The part of each clip under the `combined` protocol. */
export function drawCombined(clips: readonly Clip[]): Map<string, Part> {
  return drawStratified("combined", clips, { train: 0.6, validation: 0.2 });
}
