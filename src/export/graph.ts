import { LabError } from "../core/errors.js";

/**
 * What a graph computes with: few operations, all of which plain tfjs, ONNX Runtime and TFLite have. Shapes broadcast as
 * NumPy's; every shape is known before anything is computed.
 *
 * `convolve` is [1, height, width, in] by a kernel [rows, columns, in, out] with `strides` and zeros around (`pads`: top,
 * bottom, left, right). `gather` picks from the axis `axis` by whole numbers that are computed as floats. `isGreater` is
 * 1 or 0. `exact` on a product says that its weights are no weights but numbers that must not be rounded.
 */
export type OperationKind =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "maximum"
  | "minimum"
  | "isGreater"
  | "absolute"
  | "squareRoot"
  | "logarithm"
  | "floor"
  | "relu"
  | "gelu"
  | "softmax"
  | "multiplyMatrices"
  | "convolve"
  | "sum"
  | "mean"
  | "largest"
  | "reshape"
  | "transpose"
  | "gather"
  | "concatenate";

/** A tensor of a graph: the result of an operation, a constant, or the input. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface Operation extends Value {
  readonly kind: OperationKind;
  /** Names of values. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, number | boolean | readonly number[]>>;
}

export interface Constant extends Value {
  readonly values: Float32Array;
  /** A kernel that training has learnt, which may be stored in fewer bits; the last axis is its output channel. */
  readonly isWeight: boolean;
}

/** A computation from one tensor to another, in the order in which it can be done. */
export interface Graph {
  readonly input: Value;
  readonly output: string;
  readonly constants: readonly Constant[];
  readonly operations: readonly Operation[];
}

type Attributes = Operation["attributes"];

/** Builds a graph operation by operation; each call gives the value that it computes. */
export class GraphBuilder {
  private readonly constants: Constant[] = [];
  private readonly operations: Operation[] = [];
  private readonly scalars = new Map<number, Value>();
  readonly input: Value;

  constructor(name: string, shape: readonly number[]) {
    this.input = { name, shape };
  }

  /** The graph that ends in this value. */
  finish(output: Value): Graph {
    const { input, constants, operations } = this;
    return { input, output: output.name, constants, operations };
  }

  constant(values: ArrayLike<number>, shape: readonly number[]): Value {
    return this.keep(values, shape, false);
  }

  /** A kernel that training has learnt. */
  weight(values: ArrayLike<number>, shape: readonly number[]): Value {
    return this.keep(values, shape, true);
  }

  /** A number; the same one is kept once. */
  scalar(value: number): Value {
    const known = this.scalars.get(value) ?? this.keep([value], [], false);
    this.scalars.set(value, known);
    return known;
  }

  add = (a: Value, b: Value | number): Value => this.pairwise("add", a, b);
  subtract = (a: Value | number, b: Value | number): Value => this.pairwise("subtract", a, b);
  multiply = (a: Value, b: Value | number): Value => this.pairwise("multiply", a, b);
  divide = (a: Value, b: Value | number): Value => this.pairwise("divide", a, b);
  maximum = (a: Value, b: Value | number): Value => this.pairwise("maximum", a, b);
  minimum = (a: Value, b: Value | number): Value => this.pairwise("minimum", a, b);
  /** 1 where a > b, else 0. */
  isGreater = (a: Value | number, b: Value | number): Value => this.pairwise("isGreater", a, b);
  absolute = (x: Value): Value => this.unary("absolute", x);
  squareRoot = (x: Value): Value => this.unary("squareRoot", x);
  logarithm = (x: Value): Value => this.unary("logarithm", x);
  floor = (x: Value): Value => this.unary("floor", x);
  relu = (x: Value): Value => this.unary("relu", x);
  gelu = (x: Value): Value => this.unary("gelu", x);
  /** Over the last axis. */
  softmax = (x: Value): Value => this.unary("softmax", x);
  sum = (x: Value, axes: readonly number[]): Value => this.reduce("sum", x, axes);
  mean = (x: Value, axes: readonly number[]): Value => this.reduce("mean", x, axes);
  largest = (x: Value, axes: readonly number[]): Value => this.reduce("largest", x, axes);

  /**
   * [..., rows, inner] by [inner, columns], or [count, rows, inner] by [count, inner, columns]. The first is laid out as a
   * product of two matrices, which every runtime is quickest at.
   */
  multiplyMatrices(a: Value, b: Value, { exact = false } = {}): Value {
    const inner = a.shape.at(-1)!;
    const columns = b.shape.at(-1)!;
    const isBatch = b.shape.length === 3;
    const fits =
      b.shape.at(-2) === inner && (!isBatch || (a.shape.length === 3 && a.shape[0] === b.shape[0]));
    check(fits, `[${a.shape}] cannot be multiplied by [${b.shape}]`);
    const shape = [...a.shape.slice(0, -1), columns];
    if (isBatch || a.shape.length === 2) return this.place("multiplyMatrices", [a, b], shape, { exact });
    const rows = sizeOf(a.shape.slice(0, -1));
    const product = this.place("multiplyMatrices", [this.reshape(a, [rows, inner]), b], [rows, columns], {
      exact,
    });
    return this.reshape(product, shape);
  }

  /** [1, height, width, in] by a kernel [rows, columns, in, out] and a bias [out]. */
  convolve(
    x: Value,
    kernel: Value,
    bias: Value,
    {
      strides,
      pads,
    }: { strides: readonly [number, number]; pads: readonly [number, number, number, number] },
  ): Value {
    const [, height, width, channels] = x.shape as [number, number, number, number];
    const [rows, columns, inputs, outputs] = kernel.shape as [number, number, number, number];
    check(channels === inputs, `[${x.shape}] cannot be convolved by [${kernel.shape}]`);
    const [top, bottom, left, right] = pads;
    const length = (whole: number, size: number, stride: number) => Math.floor((whole - size) / stride) + 1;
    const shape = [
      1,
      length(height + top + bottom, rows, strides[0]),
      length(width + left + right, columns, strides[1]),
      outputs,
    ];
    return this.place("convolve", [x, kernel, bias], shape, { strides, pads });
  }

  reshape(x: Value, shape: readonly number[]): Value {
    check(sizeOf(x.shape) === sizeOf(shape), `[${x.shape}] cannot be shaped as [${shape}]`);
    return this.place("reshape", [x], shape, { shape });
  }

  transpose(x: Value, order: readonly number[]): Value {
    const shape = order.map((axis) => x.shape[axis]!);
    return this.place("transpose", [x], shape, { order });
  }

  gather(x: Value, indices: Value, axis: number): Value {
    check(indices.shape.length === 1, `indices are [${indices.shape}], expected [count]`);
    const shape = x.shape.map((length, i) => (i === axis ? indices.shape[0]! : length));
    return this.place("gather", [x, indices], shape, { axis });
  }

  concatenate(parts: readonly Value[], axis: number): Value {
    const length = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
    const shape = parts[0]!.shape.map((own, i) => (i === axis ? length : own));
    return this.place("concatenate", parts, shape, { axis });
  }

  private keep(values: ArrayLike<number>, shape: readonly number[], isWeight: boolean): Value {
    check(values.length === sizeOf(shape), `${values.length} numbers are no [${shape}]`);
    const name = `${isWeight ? "weight" : "constant"}_${this.constants.length}`;
    this.constants.push({ name, shape, values: Float32Array.from(values), isWeight });
    return { name, shape };
  }

  private valueOf(value: Value | number): Value {
    return typeof value === "number" ? this.scalar(value) : value;
  }

  private pairwise(kind: OperationKind, first: Value | number, second: Value | number): Value {
    const [a, b] = [this.valueOf(first), this.valueOf(second)];
    return this.place(kind, [a, b], broadcast(a.shape, b.shape), {});
  }

  private unary(kind: OperationKind, x: Value): Value {
    return this.place(kind, [x], x.shape, {});
  }

  /** Reduced axes stay, of length 1. */
  private reduce(kind: OperationKind, x: Value, axes: readonly number[]): Value {
    const shape = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
    return this.place(kind, [x], shape, { axes });
  }

  private place(
    kind: OperationKind,
    inputs: readonly Value[],
    shape: readonly number[],
    attributes: Attributes,
  ): Value {
    const name = `${kind}_${this.operations.length}`;
    this.operations.push({ kind, name, shape, inputs: inputs.map((input) => input.name), attributes });
    return { name, shape };
  }
}

/** Numbers in a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    check(m === n || m === 1 || n === 1, `[${a}] and [${b}] do not fit together`);
    return m === 1 ? n : m;
  });
}

function check(holds: boolean, problem: string): asserts holds {
  if (!holds)
    throw new LabError(`The network cannot be laid out: ${problem}.`, "This is a defect; report it.");
}
