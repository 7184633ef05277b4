import type * as tf from "@tensorflow/tfjs";
import { hasNativeKernel } from "../core/native-kernels.js";
import type { OpAttribute } from "./raw.js";

/*
 * bf16 tensors in tfjs-node. tfjs has no such type; TensorFlow's C library has (TF_BFLOAT16). The backend keeps
 * TensorFlow's own type of every tensor in `tensorMap`, so a bf16 tensor is one that tfjs calls float32 and whose entry
 * there says 14. Three things have to follow from that entry: what op outputs become, which type an op is run in, and
 * how numbers are read back. The methods and fields of `NodeBackend` are what this relies on;
 * test/kernels/half-precision.test.ts names them one by one.
 */

/** TensorFlow's own numbers for the types (TF_FLOAT, TF_BFLOAT16, TF_INT16). */
export const floatType = 1;
export const bfloat16Type = 14;
const int16Type = 5;

interface OpOutput {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

interface Stored {
  dtype: number;
  id: number;
  readonly values: unknown;
}

/** The part of tfjs-node's backend that is relied upon. */
export interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: { get(dataId: object): Stored };
  readonly binding: {
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_BOOL: number;
    executeOp(name: string, attributes: OpAttribute[], ids: number[], outputs: number): OpOutput[];
    tensorDataSync(id: number): Float32Array;
    deleteTensor(id: number): void;
  };
  getInputTensorIds(tensors: tf.Tensor[]): number[];
  createOutputTensor(output: OpOutput): tf.Tensor;
  readSync(dataId: object): unknown;
  executeSingleOutput(name: string, attributes: OpAttribute[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: OpAttribute[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
}

/** Whether TensorFlow holds the tensor in bf16, whatever tfjs calls it. */
export function isBfloat16(backend: NodeBackend, tensor: tf.Tensor): boolean {
  return backend.tensorMap.get(tensor.dataId)?.dtype === bfloat16Type;
}

/** Type attributes that do not speak of the main input: batch norm's statistics. */
const otherTypes = new Set(["U", "Tout", "out_type"]);

/** Ops of which only so many leading inputs are of type T; the rest (scale, offset, mask, statistics) stay float32. */
const leadingInputs: Readonly<Record<string, number>> = {
  FusedBatchNormV3: 1,
  _MklNativeFusedBatchNormEx: 1,
  FusedBatchNormGradV3: 2,
  AffectlabAttention: 1,
  AffectlabAttentionGrad: 3,
  AffectlabAddNormRows: 1,
  AffectlabNormRowsGrad: 1,
  AffectlabAddRows: 1,
  AffectlabBiasGelu: 1,
  AffectlabBiasGeluGrad: 2,
  AffectlabBatchNorm: 1,
  AffectlabBatchNormGrad: 2,
  AffectlabResidualBatchNorm: 2,
  AffectlabResidualBatchNormGrad: 3,
};

/**
 * Ops that only look at a number's sign and pass it on or give 0: on a processor they do the same to its 16 bits taken
 * as a whole number, and TensorFlow's int16 kernels are 2 to 7 times faster than its bf16 ones. Not a number with the
 * sign bit set becomes 0 here.
 */
const signOps = new Set(["Relu", "ReluGrad"]);

/** TensorFlow's op, or this project's own (native/sum.cc) for two bf16 tensors of one shape: gradients that meet. */
function fastestOp(name: string, inputs: tf.Tensor[]): string {
  const [a, b] = inputs;
  const isSum = (name === "Add" || name === "AddV2") && hasNativeKernel("AffectlabSum");
  return isSum && String(a!.shape) === String(b!.shape) ? "AffectlabSum" : name;
}

type Cast = (x: tf.Tensor, from: number, to: number) => tf.Tensor;

/** Every backend that has been prepared, with its way to cast. */
const prepared = new WeakMap<NodeBackend, Cast>();

/** Casts between the two types. The first call prepares the backend. */
export function castBetween(backend: NodeBackend, x: tf.Tensor, from: number, to: number): tf.Tensor {
  return (prepared.get(backend) ?? allowBfloat16(backend))(x, from, to);
}

/**
 * Lets the backend hold and compute with bf16 tensors; float32 is computed as before.
 *
 * An op with a bf16 input runs in bf16: its other float32 inputs (constants, gradients) are rounded to bf16 first, and
 * its outputs are bf16, a tfjs cast from float32 to float32 (which several tfjs functions end with) too. An op that has
 * no bf16 kernel throws an Error that says so. Numbers are read back as float32.
 */
function allowBfloat16(backend: NodeBackend): Cast {
  const stock = {
    create: backend.createOutputTensor.bind(backend),
    read: backend.readSync.bind(backend),
    single: backend.executeSingleOutput.bind(backend),
    multiple: backend.executeMultipleOutputs.bind(backend),
  };

  const cast: Cast = (x, from, to) => stock.single("Cast", castAttributes(backend, from, to), [x]);
  prepared.set(backend, cast);

  backend.createOutputTensor = (output) => {
    if (output.dtype !== bfloat16Type) return stock.create(output);
    const tensor = stock.create({ ...output, dtype: floatType });
    backend.tensorMap.get(tensor.dataId).dtype = bfloat16Type;
    return tensor;
  };

  backend.readSync = (dataId) => {
    const stored = backend.tensorMap.get(dataId);
    if (stored?.dtype !== bfloat16Type) return stock.read(dataId);
    const { binding } = backend;
    const [single] = binding.executeOp(
      "Cast",
      castAttributes(backend, bfloat16Type, floatType),
      [stored.id],
      1,
    );
    const numbers = binding.tensorDataSync(single!.id);
    binding.deleteTensor(single!.id);
    return numbers;
  };

  /** Runs `execute` with what the op needs in bf16, if one of its inputs is. */
  const inOneType = <Result>(
    name: string,
    attributes: OpAttribute[],
    inputs: tf.Tensor[],
    execute: (name: string, attributes: OpAttribute[], inputs: tf.Tensor[]) => Result,
  ): Result => {
    if (!inputs.some((input) => isBfloat16(backend, input))) return execute(name, attributes, inputs);
    const made: tf.Tensor[] = [];
    const rounded = inputs.map((input, i) => {
      const isOfMainType = i < (leadingInputs[name] ?? inputs.length);
      if (!isOfMainType || backend.tensorMap.get(input.dataId)?.dtype !== floatType) return input;
      const half = cast(input, floatType, bfloat16Type);
      made.push(half);
      return half;
    });
    if (signOps.has(name) && !backend.isUsingGpuDevice) {
      try {
        return runOnBits(backend, name, rounded) as Result;
      } finally {
        for (const tensor of made) tensor.dispose();
      }
    }
    const types = attributes.map((attribute) => inBfloat16(backend, attribute));
    try {
      return execute(fastestOp(name, rounded), types, rounded);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${name} cannot be computed in bf16 here; give it float32 (toFloat). ${reason}`);
    } finally {
      for (const tensor of made) tensor.dispose();
    }
  };

  backend.executeSingleOutput = (name, attributes, inputs) =>
    inOneType(name, attributes, inputs, stock.single);
  backend.executeMultipleOutputs = (name, attributes, inputs, outputs) =>
    inOneType(name, attributes, inputs, (op, types, rounded) => stock.multiple(op, types, rounded, outputs));
  return cast;
}

/** Runs an op of one output on the bits of bf16 tensors. A Bitcast copies nothing. */
function runOnBits(backend: NodeBackend, name: string, inputs: tf.Tensor[]): tf.Tensor {
  const { binding } = backend;
  const made: number[] = [];
  const execute = (op: string, attributes: Record<string, number>, ids: number[]): OpOutput => {
    const types = Object.entries(attributes).map(([key, value]) => typeAttribute(backend, key, value));
    return binding.executeOp(op, types, ids, 1)[0]!;
  };
  try {
    for (const id of backend.getInputTensorIds(inputs)) {
      made.push(execute("Bitcast", { T: bfloat16Type, type: int16Type }, [id]).id);
    }
    const bits = execute(name, { T: int16Type }, [...made]);
    made.push(bits.id);
    return backend.createOutputTensor(execute("Bitcast", { T: int16Type, type: bfloat16Type }, [bits.id]));
  } finally {
    for (const id of made) binding.deleteTensor(id);
  }
}

function typeAttribute(backend: NodeBackend, name: string, value: number): OpAttribute {
  return { name, type: backend.binding.TF_ATTR_TYPE, value };
}

function inBfloat16(backend: NodeBackend, attribute: OpAttribute): OpAttribute {
  const isMainType =
    attribute.type === backend.binding.TF_ATTR_TYPE &&
    attribute.value === floatType &&
    !otherTypes.has(attribute.name);
  return isMainType ? { ...attribute, value: bfloat16Type } : attribute;
}

function castAttributes(backend: NodeBackend, from: number, to: number): OpAttribute[] {
  return [
    typeAttribute(backend, "SrcT", from),
    typeAttribute(backend, "DstT", to),
    { name: "Truncate", type: backend.binding.TF_ATTR_BOOL, value: false },
  ];
}
