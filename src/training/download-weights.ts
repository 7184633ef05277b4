import { rm } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../core/errors.js";
import { takeWeightsFrom, type WeightsFile } from "../core/weights-store.js";
import { bytesListener, type FetchOptions, fetchFile } from "../corpora/fetch-file.js";

/** Where models are fetched from, and how. */
export interface WeightsDownload extends FetchOptions {
  readonly home: string;
  /** The hub's address; another one for tests. */
  readonly hub?: string;
}

/** Twice what the largest of the models takes. */
const mostBytes = 2 ** 30;

/**
 * Fetches the model that a file of weights is part of (290 MB for Whisper base) and takes the part into the store. What
 * has arrived is kept when the connection breaks, and gone on from. Throws LabError where the hub refuses, and where it
 * has another model by now than the one that is meant; InterruptedError when stopped.
 */
export async function downloadWeights(
  file: WeightsFile,
  { home, hub = "https://huggingface.co", ...options }: WeightsDownload,
): Promise<void> {
  if (file.partOf === undefined) throw new LabError(`${file.name} cannot be downloaded.`, file.origin);
  const { repository } = file.partOf;
  const folder = join(home, "downloads", repository.replace("/", "--"));
  const model = join(folder, "model.safetensors");
  await fetchFile(`${hub}/${repository}/resolve/main/model.safetensors`, model, {
    mostBytes,
    onBytes: bytesListener(repository, options.listener),
    ...options,
  });
  try {
    await takeWeightsFrom(model, file, home);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
