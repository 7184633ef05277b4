import { sampleRateHz } from "../../audio/wave.js";
import { type GradCam, openGradCam } from "../../explanation/grad-cam.js";
import type { PublishedPredictor } from "../../inference/assemble-predictor.js";
import { predictWaves } from "../../inference/predict.js";
import type { VoiceActivity } from "../../inference/voice-activity.js";
import type { BackendName } from "../messages.js";
import { openBackend } from "./backend.js";
import { fetchVoiceActivity, loadPublishedModel } from "./published-model.js";

/** All that answers for a sound. */
export interface Ear {
  readonly predictor: PublishedPredictor;
  readonly activity: VoiceActivity;
  /** Null for a model that cannot tell what it listened to. */
  readonly explain: GradCam | null;
  readonly backend: BackendName;
}

/** No backend computes in this browser. */
export class NoBackendError extends Error {}

/** The model does not arrive, or is damaged. */
export class NoModelError extends Error {}

/**
 * Loads the model and lets it answer once: a backend compiles what it needs with the first answer. Throws NoBackendError
 * and NoModelError.
 */
export async function openEar(wanted: BackendName | null): Promise<Ear> {
  const activity = fetchVoiceActivity();
  activity.catch(() => undefined); // told below
  const backend = await openBackend(wanted).catch((error: unknown) => {
    throw new NoBackendError(String(error));
  });
  try {
    const predictor = await loadPublishedModel();
    predictWaves(predictor, [
      { samples: new Float32Array(sampleRateHz).fill(0.1), sampleRate: sampleRateHz },
    ]);
    return { predictor, activity: await activity, explain: openGradCam(predictor.model), backend };
  } catch (error) {
    throw new NoModelError(String(error));
  }
}
