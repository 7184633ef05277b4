import {
  advance,
  assembleModule,
  FunctionBuilder,
  f32x4,
  i32,
  type Local,
  repeatWhile,
} from "../features/wasm/assembler.js";
import { moduleOpener } from "../features/wasm/open-module.js";

// A matrix times a vector, the whole cost of a small network: by WebAssembly, eight columns of two rows at a time, or where
// there are no vectors, in plain JavaScript. Addresses and lengths are in bytes.

/** The stretch of a matrix' columns and of a vector that are multiplied. */
export interface Stretch {
  /** The first of the matrix' columns. */
  readonly column: number;
  /** The first of the vector's numbers. */
  readonly start: number;
  readonly length: number;
}

/** Adds to y[at + row] the sum over the stretch of matrix[row] times x, for every row. */
export type AddProducts = (x: Float32Array, stretch: Stretch, y: Float32Array, at: number) => void;

interface ProductsModule {
  readonly memory: WebAssembly.Memory;
  /** From `out` to `outEnd`, 16 bytes a row: four partial sums of the row that begins at `row`, the next `rowBytes` on. */
  multiplyRows(row: number, rowBytes: number, x: number, xEnd: number, out: number, outEnd: number): void;
}

const single = 4;
/** Numbers that are multiplied in one turn. */
const block = 8;

/** What multiplies with `matrix` [rows, columns]; an even number of rows. */
export function rowProducts(matrix: Float32Array, columns: number): AddProducts {
  return productsByVectors(matrix, columns) ?? productsPlainly(matrix, columns);
}

/** `rowProducts` by WebAssembly; null where it has no vectors. */
export function productsByVectors(matrix: Float32Array, columns: number): AddProducts | null {
  const rows = matrix.length / columns;
  // The last row is read a little beyond its end, times zeros.
  const x = (matrix.length + block) * single;
  const out = x + (columns + block) * single;
  const opened = openModule(out + 4 * rows * single);
  if (opened === null) return null;
  const { memory, multiplyRows } = opened;
  new Float32Array(memory.buffer, 0, matrix.length).set(matrix);
  const vector = new Float32Array(memory.buffer, x, columns + block);
  const sums = new Float32Array(memory.buffer, out, 4 * rows);
  return (given, { column, start, length }, y, at) => {
    const padded = Math.ceil(length / block) * block;
    for (let i = 0; i < length; i++) vector[i] = given[start + i]!;
    vector.fill(0, length, padded);
    multiplyRows(column * single, columns * single, x, x + padded * single, out, out + 4 * rows * single);
    for (let row = 0; row < rows; row++) {
      const [a, b] = [sums[4 * row]! + sums[4 * row + 1]!, sums[4 * row + 2]! + sums[4 * row + 3]!];
      y[at + row]! += a + b;
    }
  };
}

/** `rowProducts` in plain JavaScript. */
export function productsPlainly(matrix: Float32Array, columns: number): AddProducts {
  const rows = matrix.length / columns;
  return (x, { column, start, length }, y, at) => {
    for (let row = 0; row < rows; row++) {
      y[at + row]! += dot(matrix, row * columns + column, x, start, length);
    }
  };
}

/** Four sums side by side: a processor waits for each addition of a single one. */
function dot(a: Float32Array, aStart: number, b: Float32Array, bStart: number, length: number): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    first += a[aStart + i]! * b[bStart + i]!;
    second += a[aStart + i + 1]! * b[bStart + i + 1]!;
    third += a[aStart + i + 2]! * b[bStart + i + 2]!;
    fourth += a[aStart + i + 3]! * b[bStart + i + 3]!;
  }
  for (; i < length; i++) first += a[aStart + i]! * b[bStart + i]!;
  return first + second + third + fourth;
}

const openModule = moduleOpener<ProductsModule>(() => assembleModule({ multiplyRows: multiplyRows() }, 1));

function multiplyRows(): ReturnType<FunctionBuilder["build"]> {
  const fn = new FunctionBuilder(6);
  const [row, rowBytes, x, xEnd, out, outEnd] = [0, 1, 2, 3, 4, 5].map((i) => fn.parameter(i)) as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const [at, upper, lower] = [fn.variable("i32"), fn.variable("i32"), fn.variable("i32")];
  const sums = [0, 1].map(() => [fn.variable("v128"), fn.variable("v128")] as const);
  const values = [fn.variable("v128"), fn.variable("v128")] as const;
  const addHalf = (half: 0 | 1) => [
    values[half].set(f32x4.load(at.get(), 16 * half)),
    ...[upper, lower].map((pointer, i) => {
      const product = f32x4.mul(values[half].get(), f32x4.load(pointer.get(), 16 * half));
      return sums[i]![half].set(f32x4.add(sums[i]![half].get(), product));
    }),
  ];
  return fn.build([
    repeatWhile(
      i32.isLess(out.get(), outEnd.get()),
      at.set(x.get()),
      upper.set(row.get()),
      lower.set(i32.add(row.get(), rowBytes.get())),
      ...sums.flat().map((sum) => sum.set(f32x4.zero)),
      repeatWhile(
        i32.isLess(at.get(), xEnd.get()),
        ...addHalf(0),
        ...addHalf(1),
        ...[at, upper, lower].map((pointer) => advance(pointer, block * single)),
      ),
      f32x4.store(out.get(), f32x4.add(sums[0]![0].get(), sums[0]![1].get())),
      f32x4.store(out.get(), f32x4.add(sums[1]![0].get(), sums[1]![1].get()), 16),
      advance(out, 32),
      row.set(i32.add(row.get(), i32.shiftLeft(rowBytes.get(), i32.const(1)))),
    ),
  ]);
}
