import { decodeFile } from "../../audio/decode-file.js";
import { prepareWave } from "../../audio/trim.js";
import type { Wave } from "../../audio/wave.js";
import { sampleRateHz } from "../../audio/wave.js";
import type { Settings } from "../../core/settings.js";
import type { Clip } from "../../corpora/clip.js";
import { type Emotion, emotionIndex, emotions } from "../../corpora/emotions.js";
import { behindFrontEnd } from "../../explanation/behind-front-end.js";
import { emphasise } from "../../explanation/emphasis.js";
import { attributeInput, integratedGradients } from "../../explanation/integrated-gradients.js";
import { extractFeatures } from "../../features/extract.js";
import type { Features } from "../../features/feature-spec.js";
import { placeFeatures } from "../../features/place-features.js";
import { standardise } from "../../features/standardise.js";
import { loadFrontEnd, loadRunModel } from "../../training/run-model.js";
import type { RunSpec } from "../../training/run-spec.js";

/** What a model heard in a clip. */
export interface Listening {
  readonly clip: Clip;
  readonly wave: Wave;
  /** Standardised features as the model saw them, or a front end's, [frames × bands]. */
  readonly values: Float32Array;
  readonly frames: number;
  readonly bands: number;
  /** Where something spoke for the emotion, 0 to 1, [frames × bands]. */
  readonly attribution: Float32Array;
  /** The emotion that is explained. */
  readonly emotion: Emotion;
}

/** Points on the way through a front end: a large network, so fewer of them, and few in memory at once. */
const behindFrontEndPath = { steps: 16, pointsAtOnce: 8 } as const;

/**
 * What the best weights of a run listen to in each clip when they weigh its labelled emotion: integrated gradients of
 * that emotion's logit, of which what speaks against it is left out. Behind a front end the gradients go through it, to
 * the features of the sound, from the quietest value of the clip on.
 */
export async function listenWith(
  spec: RunSpec,
  clips: readonly Clip[],
  settings: Settings,
): Promise<Listening[]> {
  const { model, standardisation } = await loadRunModel(spec, settings, "best");
  const frontEnd = await loadFrontEnd(spec, settings);
  try {
    const heard: Listening[] = [];
    for (const clip of clips) {
      const wave = await decodeFile(clip.path);
      const features = extractFeatures(wave, spec.features);
      const label = emotionIndex(clip.emotion);
      const seen =
        frontEnd === null ? placed(standardise(features, standardisation), spec.training.frames) : features;
      const { values, frames, bands } = seen;
      const gradients =
        frontEnd === null
          ? integratedGradients(model, values, label)
          : attributeInput(behindFrontEnd(frontEnd, model, [frames, bands]), values, label, {
              ...behindFrontEndPath,
              baseline: values.reduce((least, value) => Math.min(least, value)),
            });
      heard.push({
        clip,
        wave: { samples: prepareWave(wave.samples, spec.features), sampleRate: sampleRateHz },
        values,
        frames,
        bands,
        attribution: emphasise(gradients, frames, bands),
        emotion: clip.emotion,
      });
    }
    return heard;
  } finally {
    model.dispose();
    frontEnd?.dispose();
  }
}

/** The middle of `frames` frames. */
function placed(features: Features, frames: number): Features {
  const { bands } = features;
  const values = new Float32Array(frames * bands);
  placeFeatures(features, frames, null, values);
  return { values, frames, bands };
}

/** The first clip (by id) of each emotion that a list holds, in the order of `emotions`. */
export function firstOfEachEmotion(clips: readonly Clip[], wanted: readonly Emotion[] = emotions): Clip[] {
  return wanted.flatMap((emotion) => clips.find((clip) => clip.emotion === emotion) ?? []);
}
