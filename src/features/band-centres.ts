import type { MelLayout } from "./log-mel.js";
import { hzToMel, melToHz } from "./mel-filters.js";

/** The centre frequency of each mel band, Hz, lowest first: what a spectrogram's axis shows. */
export function bandCentres({
  bands,
  lowestHz,
  highestHz,
}: Pick<MelLayout, "bands" | "lowestHz" | "highestHz">): number[] {
  const [low, high] = [hzToMel(lowestHz), hzToMel(highestHz)];
  return Array.from({ length: bands }, (_, band) => melToHz(low + ((band + 1) * (high - low)) / (bands + 1)));
}
