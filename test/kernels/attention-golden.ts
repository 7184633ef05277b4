import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";

export interface GoldenTensor {
  readonly shape: number[];
  readonly values: number[];
}

export interface GoldenCase {
  readonly inputs: Record<string, GoldenTensor>;
  readonly constants: Record<string, GoldenTensor>;
  readonly weights: GoldenTensor;
  readonly result: GoldenTensor;
  readonly gradients: Record<string, GoldenTensor>;
}

export interface GoldenBlock {
  readonly options: { heads: number; hiddenUnits: number; norm: "pre" | "post"; activation: "gelu" | "relu" };
  readonly x: GoldenTensor;
  readonly mask: GoldenTensor;
  readonly parameters: GoldenTensor[];
  readonly weights: GoldenTensor;
  readonly result: GoldenTensor;
  readonly gradientOfX: GoldenTensor;
  readonly gradients: GoldenTensor[];
}

/** What scripts/goldens/attention.py wrote. */
export const golden = JSON.parse(
  readFileSync(join(__dirname, "..", "goldens", "kernels", "pytorch-attention.json"), "utf8"),
) as {
  source: string;
  dense: GoldenCase;
  layerNorm: GoldenCase;
  gelu: GoldenCase;
  attention: GoldenCase & { heads: number };
  scaledAttention: GoldenCase & { heads: number };
  blocks: GoldenBlock[];
};

export const tensorOf = <T extends tf.Tensor>({ shape, values }: GoldenTensor): T =>
  tf.tensor(values, shape) as T;
