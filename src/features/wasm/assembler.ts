// The few WebAssembly instructions that the features need, as functions that give bytes: an expression is its operands'
// bytes and then its own, so that code reads like the formula that it computes. Opcodes: WebAssembly 2.0, appendix "Index
// of Instructions".

/** Instructions as bytes. */
export type Code = readonly number[];

/** An unsigned whole number, seven bits a byte (LEB128). */
function unsigned(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}

function signed(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const isLast = rest >= -64 && rest < 64;
    bytes.push(isLast ? rest & 127 : (rest & 127) | 128);
    if (isLast) return bytes;
  }
}

const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const sized = (code: Code): Code => [...unsigned(code.length), ...code];
/** An address's alignment (a hint: none is promised) and what is added to it. */
const memory = (offset: number): Code => [0, ...unsigned(offset)];
const vectorOp = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
const binary =
  (opcode: Code) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  load: (address: Code, offset = 0): Code => [...address, 0x28, ...memory(offset)],
  add: binary([0x6a]),
  sub: binary([0x6b]),
  shiftLeft: binary([0x74]),
  isLess: binary([0x49]),
};

/** Two 64-bit floats side by side. */
export const f64x2 = {
  const: (first: number, second: number): Code => [
    ...vectorOp(0x0c),
    ...new Uint8Array(Float64Array.of(first, second).buffer),
  ],
  load: (address: Code, offset = 0): Code => [...address, ...vectorOp(0x00), ...memory(offset)],
  /** One number in both places. */
  loadTwice: (address: Code, offset = 0): Code => [...address, ...vectorOp(0x0a), ...memory(offset)],
  /** A 32-bit float of each of two addresses. */
  loadSingles: (first: Code, second: Code): Code => [
    ...second,
    ...first,
    ...vectorOp(0x5c), // v128.load32_zero
    ...memory(0),
    ...vectorOp(0x56), // v128.load32_lane
    ...memory(0),
    1,
    ...vectorOp(0x5f), // f64x2.promote_low_f32x4
  ],
  /** Two 32-bit floats that lie side by side. */
  loadSinglePair: (address: Code, offset = 0): Code => [
    ...address,
    ...vectorOp(0x5d), // v128.load64_zero
    ...memory(offset),
    ...vectorOp(0x5f), // f64x2.promote_low_f32x4
  ],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    ...vectorOp(0x0b),
    ...memory(offset),
  ],
  /** Both, rounded to 32-bit floats that lie side by side. */
  storeSingles: (address: Code, value: Code): Code => [
    ...address,
    ...value,
    ...vectorOp(0x5e), // f32x4.demote_f64x2_zero
    ...vectorOp(0x5b), // v128.store64_lane
    ...memory(0),
    0,
  ],
  /** Both as near as 32-bit floats come. */
  roundToSingles: (value: Code): Code => [
    ...value,
    ...vectorOp(0x5e), // f32x4.demote_f64x2_zero
    ...vectorOp(0x5f), // f64x2.promote_low_f32x4
  ],
  add: binary(vectorOp(0xf0)),
  sub: binary(vectorOp(0xf1)),
  mul: binary(vectorOp(0xf2)),
  /** The bits of one where they differ from the other's: with -0 it changes a sign. */
  xor: binary(vectorOp(0x51)),
  /** Two of the four numbers in a and b, which are counted 0 to 3. */
  pick: (a: Code, b: Code, first: 0 | 1 | 2 | 3, second: 0 | 1 | 2 | 3): Code => [
    ...a,
    ...b,
    ...vectorOp(0x0d),
    ...[first, second].flatMap((place) => Array.from({ length: 8 }, (_, byte) => 8 * place + byte)),
  ],
};

/** Four 32-bit floats side by side. */
export const f32x4 = {
  zero: [...vectorOp(0x0c), ...new Uint8Array(16)] as Code,
  load: f64x2.load,
  store: f64x2.store,
  add: binary(vectorOp(0xe4)),
  mul: binary(vectorOp(0xe6)),
};

/** A parameter or a variable of a function, by its place: `get()` reads it, `set(code)` writes it. */
export interface Local {
  get(): Code;
  set(value: Code): Code;
}

/** Moves an address on by so many bytes. */
export function advance(pointer: Local, bytes: number): Code {
  return pointer.set(i32.add(pointer.get(), i32.const(bytes)));
}

/** Runs `body` while the condition behind it holds; at least once. */
export function repeatWhile(condition: Code, ...body: readonly Code[]): Code {
  return [0x03, 0x40, ...body.flat(), ...condition, 0x0d, 0, 0x0b];
}

type Type = "i32" | "v128";
const typeBytes: Readonly<Record<Type, number>> = { i32: 0x7f, v128: 0x7b };

/** A function that gives nothing: whole numbers as parameters, variables of either type, and a body made from them. */
export class FunctionBuilder {
  private readonly variables: Type[] = [];

  constructor(private readonly parameters: number) {}

  parameter(place: number): Local {
    return local(place);
  }

  variable(type: Type): Local {
    this.variables.push(type);
    return local(this.parameters + this.variables.length - 1);
  }

  /** Its type and its code, as a module holds them. */
  build(body: readonly Code[]): { readonly type: Code; readonly code: Code } {
    const parameters = Array.from({ length: this.parameters }, () => [typeBytes.i32]);
    const variables = this.variables.map((type) => [1, typeBytes[type]]);
    return { type: [0x60, ...list(parameters), 0], code: sized([...list(variables), ...body.flat(), 0x0b]) };
  }
}

function local(place: number): Local {
  return {
    get: () => [0x20, ...unsigned(place)],
    set: (value) => [...value, 0x21, ...unsigned(place)],
  };
}

/** A module's bytes: its functions under their names, and `memory` of so many pages of 64 KiB. */
export function assembleModule(
  functions: Readonly<Record<string, ReturnType<FunctionBuilder["build"]>>>,
  pages: number,
): Uint8Array<ArrayBuffer> {
  const built = Object.values(functions);
  const name = (text: string): Code => sized([...new TextEncoder().encode(text)]);
  const exported = Object.keys(functions).map((key, i) => [...name(key), 0, ...unsigned(i)]);
  const section = (id: number, items: readonly Code[]): Code => [id, ...sized(list(items))];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...section(
      1,
      built.map(({ type }) => type),
    ),
    ...section(
      3,
      built.map((_, i) => unsigned(i)),
    ),
    ...section(5, [[0, ...unsigned(pages)]]),
    ...section(7, [...exported, [...name("memory"), 2, 0]]),
    ...section(
      10,
      built.map(({ code }) => code),
    ),
  ]);
}
