import type { io } from "@tensorflow/tfjs";
import type { Graph, Operation, OperationKind } from "./graph.js";
import { type ExportPrecision, type StoredConstant, storeConstants } from "./stored-constants.js";

/** A model in tfjs' graph format: what `tf.loadGraphModel` of plain tfjs reads. */
export interface TfjsFiles {
  readonly modelJson: io.ModelJSON;
  readonly weights: Uint8Array;
}

export const tfjsWeightsName = "weights.bin";

/** A node of a TensorFlow graph, as tfjs' converter writes it in JSON. */
interface Node {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Readonly<Record<string, unknown>>;
}

const float = { type: "DT_FLOAT" };
const integer = { type: "DT_INT32" };
const text = (value: string) => ({ s: Buffer.from(value).toString("base64") });
const whole = (values: readonly number[]) => ({ list: { i: values.map(String) } });
const shapeOf = (shape: readonly number[]) => ({ dim: shape.map((size) => ({ size: String(size) })) });

/** Operations that TensorFlow has under one name, without attributes of their own. */
const plain: Partial<Record<OperationKind, string>> = {
  ...{ add: "AddV2", subtract: "Sub", multiply: "Mul", divide: "RealDiv" },
  ...{ maximum: "Maximum", minimum: "Minimum" },
  ...{ absolute: "Abs", squareRoot: "Sqrt", logarithm: "Log", floor: "Floor" },
  ...{ relu: "Relu", softmax: "Softmax" },
};
const reductions: Partial<Record<OperationKind, string>> = { sum: "Sum", mean: "Mean", largest: "Max" };

/** The graph as a model of plain tfjs, kernels stored in this precision. */
export function writeTfjsGraph(graph: Graph, precision: ExportPrecision): TfjsFiles {
  const writer = new Writer(graph);
  for (const constant of storeConstants(graph, precision)) writer.store(constant);
  for (const operation of graph.operations) writer.place(operation);
  return writer.finish();
}

class Writer {
  private readonly nodes: Node[] = [];
  private readonly entries: io.WeightsManifestEntry[] = [];
  private readonly bytes: Uint8Array[] = [];

  constructor(private readonly graph: Graph) {
    const { name, shape } = graph.input;
    this.nodes.push({ name, op: "Placeholder", attr: { dtype: float, shape: { shape: shapeOf(shape) } } });
  }

  store(constant: StoredConstant): void {
    const { name } = constant;
    const shape = [...constant.shape];
    if (constant.kind === "float32") {
      this.constant("DT_FLOAT", bytesOf(constant.values), { name, shape, dtype: "float32" });
    } else if (constant.kind === "float16") {
      const entry = { name, shape, dtype: "float32", quantization: { dtype: "float16" } } as const;
      this.constant("DT_FLOAT", bytesOf(constant.halves), entry);
    } else {
      const levels = `${name}/levels`;
      // tfjs stores bytes from 0 to 255 as byte × scale + min, one scale a tensor; the scales of channels are a product.
      const quantization = { dtype: "uint8", scale: 1, min: -127 } as const;
      const entry = { name: levels, shape, dtype: "float32", quantization } as const;
      this.constant(
        "DT_FLOAT",
        Uint8Array.from(constant.levels, (level) => level + 127),
        entry,
      );
      const { scales } = constant;
      this.store({ kind: "float32", name: `${name}/scales`, shape: [scales.length], values: scales });
      this.node(name, "Mul", [levels, `${name}/scales`], { T: float });
    }
  }

  /** Adds what computes an operation; gives the node that has its result, which bears the operation's name. */
  place(operation: Operation): string {
    const { kind, name, inputs, attributes } = operation;
    const type = { T: float };
    const [first, second] = inputs as [string, string];
    const op = plain[kind];
    if (op !== undefined) return this.node(name, op, inputs, type);
    const reduction = reductions[kind];
    if (reduction !== undefined) {
      const axes = this.integers(`${name}/axes`, attributes.axes as number[]);
      return this.node(name, reduction, [first, axes], { ...type, Tidx: integer, keep_dims: { b: true } });
    }
    switch (kind) {
      case "isGreater":
        this.node(`${name}/is`, "Greater", inputs, type);
        return this.node(name, "Cast", [`${name}/is`], { SrcT: { type: "DT_BOOL" }, DstT: float });
      case "gelu":
        return this.gelu(name, first);
      case "multiplyMatrices":
        return this.product(operation);
      case "convolve": {
        const [strides, pads] = [attributes.strides as number[], attributes.pads as number[]];
        const padding = pads.every((pad) => pad === 0)
          ? { padding: text("VALID") }
          : { padding: text("EXPLICIT"), explicit_paddings: whole([0, 0, ...pads, 0, 0]) };
        const layout = { data_format: text("NHWC"), dilations: whole([1, 1, 1, 1]) };
        this.node(`${name}/product`, "Conv2D", [first, second], {
          ...{ ...type, ...padding, ...layout },
          strides: whole([1, ...strides, 1]),
        });
        return this.node(name, "BiasAdd", [`${name}/product`, inputs[2]!], {
          ...type,
          data_format: text("NHWC"),
        });
      }
      case "reshape": {
        const shape = this.integers(`${name}/shape`, attributes.shape as number[]);
        return this.node(name, "Reshape", [first, shape], { ...type, Tshape: integer });
      }
      case "transpose": {
        const order = this.integers(`${name}/order`, attributes.order as number[]);
        return this.node(name, "Transpose", [first, order], { ...type, Tperm: integer });
      }
      case "gather": {
        this.node(`${name}/indices`, "Cast", [second], { SrcT: float, DstT: integer });
        const axis = this.integer(`${name}/axis`, attributes.axis as number);
        const types = { Tparams: float, Tindices: integer, Taxis: integer, batch_dims: { i: "0" } };
        return this.node(name, "GatherV2", [first, `${name}/indices`, axis], types);
      }
      case "concatenate": {
        const axis = this.integer(`${name}/axis`, attributes.axis as number);
        const types = { ...type, Tidx: integer, N: { i: String(inputs.length) } };
        return this.node(name, "ConcatV2", [...inputs, axis], types);
      }
      default:
        throw new Error(`tfjs has no operation for ${kind}`);
    }
  }

  finish(): TfjsFiles {
    const { input, output, operations } = this.graph;
    const shape = operations.at(-1)!.shape;
    const describe = (name: string, tensorShape: readonly number[]) => ({
      name: `${name}:0`,
      dtype: "DT_FLOAT",
      tensorShape: shapeOf(tensorShape),
    });
    const modelJson: io.ModelJSON = {
      format: "graph-model",
      generatedBy: "affectlab",
      convertedBy: null,
      signature: {
        inputs: { [input.name]: describe(input.name, input.shape) },
        outputs: { probabilities: describe(output, shape) },
      } as object,
      modelTopology: { node: this.nodes, library: {}, versions: { producer: 1 } },
      weightsManifest: [{ paths: [tfjsWeightsName], weights: this.entries }],
    };
    return { modelJson, weights: new Uint8Array(Buffer.concat(this.bytes)) };
  }

  /** x · Φ(x) = ½ x (1 + erf(x / √2)). */
  private gelu(name: string, x: string): string {
    const scalar = (key: string, value: number): string => {
      const constant = `${name}/${key}`;
      this.store({ kind: "float32", name: constant, shape: [], values: Float32Array.of(value) });
      return constant;
    };
    const type = { T: float };
    this.node(`${name}/inner`, "Mul", [x, scalar("root", Math.SQRT1_2)], type);
    this.node(`${name}/erf`, "Erf", [`${name}/inner`], type);
    this.node(`${name}/sum`, "AddV2", [`${name}/erf`, scalar("one", 1)], type);
    this.node(`${name}/half`, "Mul", [x, scalar("half_of", 0.5)], type);
    return this.node(name, "Mul", [`${name}/half`, `${name}/sum`], type);
  }

  private product({ name, inputs, shape }: Operation): string {
    const isBatch = shape.length > 2;
    const sides = isBatch ? ["adj_x", "adj_y"] : ["transpose_a", "transpose_b"];
    const attr = Object.fromEntries(sides.map((side) => [side, { b: false }]));
    return this.node(name, isBatch ? "BatchMatMulV2" : "MatMul", inputs, { T: float, ...attr });
  }

  private integers(name: string, values: readonly number[]): string {
    const entry = { name, shape: [values.length], dtype: "int32" as const };
    this.constant("DT_INT32", bytesOf(Int32Array.from(values)), entry);
    return name;
  }

  private integer(name: string, value: number): string {
    this.constant("DT_INT32", bytesOf(Int32Array.of(value)), { name, shape: [], dtype: "int32" });
    return name;
  }

  private constant(type: string, bytes: Uint8Array, entry: io.WeightsManifestEntry): void {
    const tensor = { dtype: type, tensorShape: shapeOf(entry.shape) };
    this.nodes.push({ name: entry.name, op: "Const", attr: { dtype: { type }, value: { tensor } } });
    this.entries.push(entry);
    this.bytes.push(bytes);
  }

  private node(name: string, op: string, input: readonly string[], attr: Node["attr"]): string {
    this.nodes.push({ name, op, input, attr });
    return name;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
