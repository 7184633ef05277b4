import { encodeWav } from "../../audio/encode-wav.js";
import { resample } from "../../audio/resample.js";
import { trimSilence } from "../../audio/trim.js";
import { createRandom, type Random } from "../../core/random.js";
import type { SampleClip } from "./plan.js";
import { drawHabit, drawProsody, type Prosody } from "./prosody.js";
import type { SampleSpeaker } from "./speakers.js";
import { createVoice, speechRateHz } from "./speech.js";
import { addBreath, applyTilt, placeInRoom, setLevel, swingLoudness, swingPitch } from "./voice-effects.js";

/** The sample's one seed; another would make other speech under the same names. */
const sampleSeed = 4;

/**
 * Speaks the clips of one speaker, in their order, as WAV files (16-bit PCM at the clip's rate). The same bytes
 * every time, for all clips of the speaker in the planned order.
 */
export async function* synthesiseSpeaker(
  speaker: SampleSpeaker,
  clips: readonly SampleClip[],
): AsyncGenerator<{ clip: SampleClip; bytes: Uint8Array }> {
  const random = createRandom(sampleSeed).fork(`${speaker.corpus}/${speaker.name}`);
  const habit = drawHabit(random);
  const speak = await createVoice(speaker.voice);
  for (const clip of clips) {
    const chance = random.fork(clip.file);
    const prosody = drawProsody(clip.emotion, clip.strength, habit, chance);
    // A vocal tract shorter by a tenth raises formants, pitch and rate together: the latter two are taken back.
    const semitones = prosody.semitones - 12 * Math.log2(speaker.tract);
    const wordsPerMinute = (175 * speaker.pace * prosody.rate) / speaker.tract;
    const speech = speak(`${clip.text}${prosody.mark}`, wordsPerMinute, semitones, prosody.range);
    const voice = await resample(
      trimSilence(speech, 45),
      Math.round(speechRateHz * speaker.tract),
      clip.rateHz,
      "fast",
    );
    yield { clip, bytes: encodeWav(shape(voice, clip, prosody, chance), clip.rateHz) };
  }
}

/** What the synthesiser has no control for: voice quality, loudness, room. */
function shape(voice: Float32Array, clip: SampleClip, prosody: Prosody, random: Random): Float32Array {
  const { rateHz, speaker } = clip;
  const tremorHz = random.between(6, 9);
  let samples = swingPitch(voice, rateHz, tremorHz, 0.06 * prosody.tremor);
  samples = swingLoudness(samples, rateHz, tremorHz, prosody.tremor);
  samples = swingLoudness(samples, rateHz, random.between(28, 40), prosody.roughness);
  samples = addBreath(samples, prosody.breath, random);
  samples = setLevel(applyTilt(samples, speaker.tilt + prosody.tilt), -26 + prosody.decibels);
  return placeInRoom(samples, rateHz, random.between(0.08, 0.25), random.between(0.08, 0.25), 0.0006, random);
}
