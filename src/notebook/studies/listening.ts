import { decodeFile } from "../../audio/decode-file.js";
import { prepareWave } from "../../audio/trim.js";
import type { Wave } from "../../audio/wave.js";
import { sampleRateHz } from "../../audio/wave.js";
import type { Settings } from "../../core/settings.js";
import type { Clip } from "../../corpora/clip.js";
import { type Emotion, emotionIndex, emotions } from "../../corpora/emotions.js";
import { emphasise } from "../../explanation/emphasis.js";
import { integratedGradients } from "../../explanation/integrated-gradients.js";
import { extractFeatures } from "../../features/extract.js";
import { placeFeatures } from "../../features/place-features.js";
import { standardise } from "../../features/standardise.js";
import { loadRunModel } from "../../training/run-model.js";
import type { RunSpec } from "../../training/run-spec.js";

/** What a model heard in a clip. */
export interface Listening {
  readonly clip: Clip;
  readonly wave: Wave;
  /** Standardised features as the model saw them, [frames × bands]. */
  readonly values: Float32Array;
  readonly frames: number;
  readonly bands: number;
  /** Where something spoke for the emotion, 0 to 1, [frames × bands]. */
  readonly attribution: Float32Array;
  /** The emotion that is explained. */
  readonly emotion: Emotion;
}

/**
 * What the best weights of a run listen to in each clip when they weigh its labelled emotion: integrated gradients of
 * that emotion's logit, of which what speaks against it is left out.
 */
export async function listenWith(
  spec: RunSpec,
  clips: readonly Clip[],
  settings: Settings,
): Promise<Listening[]> {
  const { model, standardisation } = await loadRunModel(spec, settings, "best");
  try {
    const heard: Listening[] = [];
    for (const clip of clips) {
      const wave = await decodeFile(clip.path);
      const features = standardise(extractFeatures(wave, spec.features), standardisation);
      const { frames } = spec.training;
      const values = new Float32Array(frames * features.bands);
      placeFeatures(features, frames, null, values);
      const gradients = integratedGradients(model, values, emotionIndex(clip.emotion));
      const attribution = emphasise(gradients, frames, features.bands);
      const samples = prepareWave(wave.samples, spec.features);
      heard.push({
        clip,
        wave: { samples, sampleRate: sampleRateHz },
        values,
        frames,
        bands: features.bands,
        attribution,
        emotion: clip.emotion,
      });
    }
    return heard;
  } finally {
    model.dispose();
  }
}

/** The first clip (by id) of each emotion that a list holds, in the order of `emotions`. */
export function firstOfEachEmotion(clips: readonly Clip[], wanted: readonly Emotion[] = emotions): Clip[] {
  return wanted.flatMap((emotion) => clips.find((clip) => clip.emotion === emotion) ?? []);
}
