import * as tf from "@tensorflow/tfjs";

/** One attribute of a TensorFlow op as the native binding takes it. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

interface RawBackend {
  executeSingleOutput(name: string, attributes: OpAttribute[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: OpAttribute[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
  binding: Record<string, number>;
  tensorMap: { get(dataId: object): { dtype: number; values: unknown } };
  isUsingGpuDevice: boolean;
}

/** TensorFlow's own number for float32 (TF_FLOAT). */
const float32Type = 1;

function rawBackend(): RawBackend | null {
  const backend = tf.backend() as unknown as Partial<RawBackend>;
  return typeof backend.executeMultipleOutputs === "function" ? (backend as RawBackend) : null;
}

/** Whether TensorFlow's own kernels can be called by name: true under tfjs-node, false in a browser. */
export function hasRawKernels(): boolean {
  return rawBackend() !== null;
}

/** Calls one of TensorFlow's kernels by name. Throws where `hasRawKernels()` is false. */
export function runKernel(
  name: string,
  attributes: OpAttribute[],
  inputs: tf.Tensor[],
  outputs: number,
): tf.Tensor[] {
  const backend = rawBackend();
  if (backend === null) throw new Error(`runKernel: ${name} needs TensorFlow's native backend`);
  return outputs === 1
    ? [backend.executeSingleOutput(name, attributes, inputs)]
    : backend.executeMultipleOutputs(name, attributes, inputs, outputs);
}

/**
 * A whole number of 0 to 2³¹ - 1 as the int64 scalar that some kernels ask for; tfjs takes it for an int32. To be given
 * to `runKernel` alone.
 */
export function int64Scalar(value: number): tf.Scalar {
  const backend = rawBackend();
  if (backend === null) throw new Error("int64Scalar: needs TensorFlow's native backend");
  const scalar = tf.scalar(value, "int32");
  const entry = backend.tensorMap.get(scalar.dataId);
  entry.dtype = backend.binding.TF_INT64!;
  entry.values = new Int32Array([value, 0]); // low and high half: the binding takes an int64 as two int32
  return scalar;
}

/** Says that the kernel is one of oneDNN's, which TensorFlow's own graph passes put in place of others. */
const oneDnnLabel = "MklNameChangeOp";
const oneDnnBackends = new WeakMap<object, boolean>();

/**
 * Whether oneDNN's kernels can be called by name (`_MklNativeMaxPool`): true under tfjs-node on an x86 processor, false on
 * a graphics card, in a browser, and in a TensorFlow that was built without them. Tried once for each backend.
 */
export function hasOneDnnKernels(): boolean {
  const backend = rawBackend();
  if (backend === null || backend.isUsingGpuDevice) return false;
  let answer = oneDnnBackends.get(backend);
  if (answer === undefined) {
    answer = canPoolWithOneDnn();
    oneDnnBackends.set(backend, answer);
  }
  return answer;
}

function canPoolWithOneDnn(): boolean {
  return tf.tidy(() => {
    try {
      const attributes = [
        attribute.type("T"),
        attribute.integers("ksize", [1, 1, 1, 1]),
        attribute.integers("strides", [1, 1, 1, 1]),
        attribute.string("padding", "VALID"),
        attribute.bool("workspace_enabled", true),
      ];
      runOneDnnKernel("_MklNativeMaxPool", attributes, [tf.ones([1, 1, 1, 1])], 2);
      return true;
    } catch {
      return false; // the C library has no such kernel
    }
  });
}

/** Calls one of oneDNN's kernels by name. Throws where `hasOneDnnKernels()` is false. */
export function runOneDnnKernel(
  name: string,
  attributes: OpAttribute[],
  inputs: tf.Tensor[],
  outputs: number,
): tf.Tensor[] {
  return runKernel(name, [...attributes, attribute.string("_kernel", oneDnnLabel)], inputs, outputs);
}

/** Attributes by kind, so that a kernel's file reads like TensorFlow's op definition. */
export const attribute = {
  type: (name: string, value = float32Type): OpAttribute => make(name, "TF_ATTR_TYPE", value),
  integer: (name: string, value: number): OpAttribute => make(name, "TF_ATTR_INT", value),
  integers: (name: string, value: readonly number[]): OpAttribute => make(name, "TF_ATTR_INT", value),
  float: (name: string, value: number): OpAttribute => make(name, "TF_ATTR_FLOAT", value),
  bool: (name: string, value: boolean): OpAttribute => make(name, "TF_ATTR_BOOL", value),
  string: (name: string, value: string): OpAttribute => make(name, "TF_ATTR_STRING", value),
};

function make(name: string, kind: string, value: unknown): OpAttribute {
  const type = rawBackend()?.binding[kind];
  if (type === undefined) throw new Error(`attribute ${name}: the binding knows no ${kind}`);
  return { name, type, value };
}
