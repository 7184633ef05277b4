import type { io } from "@tensorflow/tfjs";
import cardUrl from "published-model/card.json?url";
import modelUrl from "published-model/model.json?url";
import weightsUrl from "published-model/weights.bin?url";
import activityUrl from "voice-activity/silero-vad-16k.safetensors?url";
import { decodeSafetensors } from "../../core/safetensors.js";
import { assemblePredictor, type PublishedPredictor } from "../../inference/assemble-predictor.js";
import { parseModelCard } from "../../inference/model-card.js";
import { createVoiceActivity, type VoiceActivity } from "../../inference/voice-activity.js";

/** The model that the build was made with (`published-model` is its folder), on the backend that is chosen. */
export async function loadPublishedModel(): Promise<PublishedPredictor> {
  const [card, modelJson, weights] = await Promise.all([
    bytesOf(cardUrl).then(jsonOf),
    bytesOf(modelUrl).then(jsonOf),
    bytesOf(weightsUrl),
  ]);
  const model = { modelJson: modelJson as io.ModelJSON, weights };
  return await assemblePredictor({ card: parseModelCard(card, "card.json"), model });
}

/** What finds speech, with the weights of models/voice-activity/. */
export async function fetchVoiceActivity(): Promise<VoiceActivity> {
  const bytes = await bytesOf(activityUrl);
  return createVoiceActivity(decodeSafetensors(bytes, "the voice-activity network").arrays);
}

async function bytesOf(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function jsonOf(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
