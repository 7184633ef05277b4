import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { removeAbandonedPartsOf } from "../../core/abandoned-parts.js";
import { InterruptedError } from "../../core/errors.js";
import { readJson, writeFileAtomic, writeJson } from "../../core/files.js";
import { sha256 } from "../../core/hash.js";
import { type ProgressListener, trackProgress } from "../../core/progress.js";
import { putInPlace } from "../../core/put-in-place.js";
import type { StopSignal } from "../../core/stop-signal.js";
import { cremaSpeakers } from "../crema-d-speakers.js";
import { planSample } from "./plan.js";
import { sampleSpeakers } from "./speakers.js";
import { synthesiseSpeaker } from "./synthesise-speaker.js";

/** Raised whenever the same names would hold other sound, so that an older sample is made again. */
export const sampleVersion = 1;

/** What `sample.json`, written last, says about a finished sample. */
export interface SampleMarker {
  readonly version: number;
  readonly clips: number;
  readonly madeBy: string;
  /** SHA-256 over the clips' own SHA-256 sums in the order of the plan. */
  readonly checksum: string;
}

export interface SynthesiseOptions {
  readonly onProgress?: ProgressListener;
  /** Asked before every clip; what was made so far is thrown away. */
  readonly stop?: StopSignal;
  /** Makes the sample again even if a finished one is there. */
  readonly force?: boolean;
}

const markerShape = z.object({
  version: z.number(),
  clips: z.number(),
  madeBy: z.string(),
  checksum: z.string(),
});

/** The marker of a finished sample of this version; null when there is none. */
export async function readSampleMarker(folder: string): Promise<SampleMarker | null> {
  const parsed = markerShape.safeParse(await readJson(join(folder, "sample.json")).catch(() => null));
  return parsed.success && parsed.data.version === sampleVersion ? parsed.data : null;
}

/**
 * Makes the sample corpus: synthetic speech in the layouts and file names of RAVDESS, CREMA-D and TESS below
 * `folder`/ravdess, /crema-d and /tess, thirteen voices, eight emotions, the same bytes every time. A finished
 * sample of this version is left as it is. All is made in a neighbouring folder that takes the name in one rename:
 * a sample that was cut off never looks finished, and of several processes that make it at once the first wins.
 * Throws InterruptedError when `stop` asks, LabError when the disk is full or not writable.
 */
export async function synthesiseSample(folder: string, options: SynthesiseOptions = {}): Promise<void> {
  if (options.force !== true && (await readSampleMarker(folder)) !== null) return;
  await removeAbandonedPartsOf(folder);
  const part = `${folder}.${process.pid}.${randomBytes(4).toString("hex")}.part`;
  try {
    await writeSample(part, options);
    await putInPlace(
      part,
      folder,
      async () => options.force !== true && (await readSampleMarker(folder)) !== null,
    );
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

async function writeSample(folder: string, options: SynthesiseOptions): Promise<void> {
  const plan = planSample();
  const progress = trackProgress("sample speech", plan.length, options.onProgress);
  const checksums: string[] = [];
  for (const speaker of sampleSpeakers) {
    const clips = plan.filter((clip) => clip.speaker === speaker);
    for await (const { clip, bytes } of synthesiseSpeaker(speaker, clips)) {
      if (options.stop?.requested) {
        throw new InterruptedError(
          "Making the sample was interrupted; nothing of it was kept.",
          "Run it again.",
        );
      }
      await writeFileAtomic(join(folder, clip.file), bytes);
      checksums.push(sha256(bytes));
      progress.advance(1, `${speaker.corpus} ${speaker.name}`);
    }
  }
  await writeFileAtomic(join(folder, "crema-d", "VideoDemographics.csv"), demographics());
  const marker: SampleMarker = {
    version: sampleVersion,
    clips: plan.length,
    madeBy: "affectlab with eSpeak NG, @echogarden/espeak-ng-emscripten 0.3.5",
    checksum: sha256(checksums.join("\n")),
  };
  await writeJson(join(folder, "sample.json"), marker);
}

/** CREMA-D's table of speakers for those whose places the synthetic voices take. */
function demographics(): string {
  const rows = sampleSpeakers
    .filter((speaker) => speaker.corpus === "crema-d")
    .map(({ name }) => {
      const { age, sex } = cremaSpeakers[name]!;
      return `${name},${age},"${sex === "female" ? "Female" : "Male"}","Unknown","Unknown"`;
    });
  return `${['"ActorID","Age","Sex","Race","Ethnicity"', ...rows].join("\n")}\n`;
}
