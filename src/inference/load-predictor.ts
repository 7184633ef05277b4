import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import type { io } from "@tensorflow/tfjs";
import { LabError, messageOf } from "../core/errors.js";
import { readJson } from "../core/files.js";
import { sha256 } from "../core/hash.js";
import { packageRoot } from "../core/settings.js";
import { loadTensorFlow } from "../core/tensorflow.js";
import { type ModelFiles, weightsFileName } from "../models/artifacts.js";
import { assemblePredictor, type PublishedPredictor } from "./assemble-predictor.js";
import { defaultModel } from "./default-model.js";
import { type ModelCard, parseModelCard } from "./model-card.js";

/** Which weights answer when no protocol is named: those judged on new voices, else those judged on known ones. */
const preferredProtocols = ["speaker-independent", "combined"] as const;

export interface PredictorChoice {
  /** A name under models/ (`resnet`) or a folder that holds card.json. */
  readonly model?: string;
  readonly protocol?: string;
  /** The checkout; its models/ is searched. */
  readonly root?: string;
}

/**
 * Loads a published model. Throws LabError that lists the models there are when it is unknown, and one that names
 * the file when it is damaged.
 */
export async function loadPredictor({
  model = defaultModel,
  protocol,
  root = packageRoot,
}: PredictorChoice = {}): Promise<PublishedPredictor> {
  loadTensorFlow();
  const folder = await findFolder(model, protocol, root);
  const cardPath = join(folder, "card.json");
  const card = parseModelCard(await readJson(cardPath), cardPath);
  const parts = { card, model: await readFiles(folder), ...(await frontEndOf(card, folder)) };
  return await assemblePredictor(parts).catch((error: unknown) => {
    throw error instanceof LabError ? error : unreadable(folder, error);
  });
}

async function frontEndOf({ frontEnd }: ModelCard, folder: string): Promise<{ frontEnd?: ModelFiles }> {
  if (frontEnd === undefined) return {};
  return { frontEnd: await readFiles(join(folder, "..", "..", frontEnd.name), frontEnd.sha256) };
}

async function readFiles(folder: string, checksum?: string): Promise<ModelFiles> {
  try {
    const modelJson = (await readJson(join(folder, "model.json"))) as io.ModelJSON;
    const weights = await readFile(join(folder, weightsFileName));
    if (checksum !== undefined && sha256(weights) !== checksum) {
      throw new Error("its weights are not those that the model was trained behind");
    }
    return { modelJson, weights };
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw unreadable(folder, error);
  }
}

function unreadable(folder: string, error: unknown): LabError {
  return new LabError(
    `The model in ${folder} cannot be loaded: ${messageOf(error)}.`,
    "Restore its files or publish it again.",
  );
}

async function findFolder(model: string, protocol: string | undefined, root: string): Promise<string> {
  if ((await readJson(join(model, "card.json"))) !== null) return model;
  const wanted = protocol === undefined ? preferredProtocols : [protocol];
  for (const name of wanted) {
    const folder = join(root, "models", model, name);
    if ((await readJson(join(folder, "card.json"))) !== null) return folder;
  }
  const names = await publishedModels(root);
  throw new LabError(
    `There is no published model "${model}"${protocol === undefined ? "" : ` for the protocol ${protocol}`}.`,
    names.length === 0
      ? "None is published yet: train one and run `affectlab publish`."
      : `There are: ${names.join(", ")}.`,
  );
}

/** The models that have weights under models/, as `resnet (combined, evar)`. */
async function publishedModels(root: string): Promise<string[]> {
  const entries = await readdir(join(root, "models"), { recursive: true }).catch(() => [] as string[]);
  const protocols = new Map<string, string[]>();
  for (const entry of entries.sort()) {
    const [name, protocol, file] = entry.split(sep);
    if (file === "card.json") protocols.set(name!, [...(protocols.get(name!) ?? []), protocol!]);
  }
  return [...protocols.keys()].sort().map((name) => `${name} (${protocols.get(name)!.join(", ")})`);
}
