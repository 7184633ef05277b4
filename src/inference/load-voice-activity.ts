import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError, messageOf } from "../core/errors.js";
import { decodeSafetensors } from "../core/safetensors.js";
import { packageRoot } from "../core/settings.js";
import { createVoiceActivity, type VoiceActivity } from "./voice-activity.js";

/** The voice-activity network with the weights in models/voice-activity/. Throws LabError when they are not there. */
export async function loadVoiceActivity(root: string = packageRoot): Promise<VoiceActivity> {
  const path = join(root, "models", "voice-activity", "silero-vad-16k.safetensors");
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new LabError(`${path} cannot be read: ${messageOf(error)}.`, "Restore models/voice-activity/.");
  });
  return createVoiceActivity(decodeSafetensors(bytes, path).arrays);
}
