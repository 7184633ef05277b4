import * as tf from "@tensorflow/tfjs";
import { halfToSingle, singleToHalf } from "../core/half-precision.js";
import { checkTopology } from "./check-topology.js";
import "./layers.js"; // registers the layers that a stored topology names

/** A model as files: tfjs' model.json and the one file of weights that it names. */
export interface ModelFiles {
  readonly modelJson: tf.io.ModelJSON;
  readonly weights: Uint8Array;
}

export const weightsFileName = "weights.bin";

/** A model's topology and weights in tfjs' layers format, the weights as float32 or float16. */
export async function modelToFiles(
  model: tf.LayersModel,
  precision: "float32" | "float16",
): Promise<ModelFiles> {
  let captured: tf.io.ModelArtifacts | undefined;
  await model.save({
    save: (artifacts) => {
      captured = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } });
    },
  });
  const { modelTopology, weightSpecs = [], weightData } = captured!;
  const singles = new Float32Array(tf.io.concatenateArrayBuffers([weightData as ArrayBuffer].flat()));
  const half = precision === "float16";
  const weights = half ? new Uint8Array(singleToHalf(singles).buffer) : new Uint8Array(singles.buffer);
  const specs = half
    ? weightSpecs.map((spec) => ({ ...spec, quantization: { dtype: "float16" as const } }))
    : weightSpecs;
  const modelJson: tf.io.ModelJSON = {
    format: "layers-model",
    generatedBy: `tfjs ${tf.version_core}`,
    modelTopology: modelTopology!,
    weightsManifest: [{ paths: [weightsFileName], weights: specs as tf.io.WeightsManifestEntry[] }],
  };
  return { modelJson, weights };
}

/**
 * The model that `modelToFiles` wrote, ready to predict. Throws an Error for a topology that cannot be built, and tfjs'
 * own when the weights do not fit it.
 */
export async function modelFromFiles({ modelJson, weights }: ModelFiles): Promise<tf.LayersModel> {
  const entries = modelJson.weightsManifest.flatMap((group) => group.weights);
  checkTopology(modelJson.modelTopology, Math.max(...entries.flatMap(({ shape }) => shape)));
  const half = entries.some((entry) => entry.quantization?.dtype === "float16");
  const aligned = new Uint8Array(weights).buffer; // not slice(): a Node Buffer's shares its buffer with others
  const weightData = half ? halfToSingle(new Uint16Array(aligned)).buffer : aligned;
  const weightSpecs = entries.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  return tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: modelJson.modelTopology as object,
      weightSpecs,
      weightData: weightData as ArrayBuffer,
    }),
  );
}
