import type { TrainingOptions } from "../run-spec.js";

/** The values that a search may give a setting. */
export type Range = NumberRange | WholeNumberRange | Choice;

export interface NumberRange {
  readonly kind: "number";
  readonly low: number;
  readonly high: number;
  /** Logarithmic: every factor counts alike, as for learning rates. */
  readonly scale: "linear" | "logarithmic";
}
export interface WholeNumberRange {
  readonly kind: "whole number";
  readonly low: number;
  readonly high: number;
  readonly step: number;
}
export interface Choice<Value = unknown> {
  readonly kind: "choice";
  readonly values: readonly Value[];
}

/** Any number from low to high. */
export function between(low: number, high: number): NumberRange {
  return { kind: "number", low, high, scale: "linear" };
}

/** Any number from low to high, every factor as likely as another. */
export function logarithmic(low: number, high: number): NumberRange {
  return { kind: "number", low, high, scale: "logarithmic" };
}

/** The whole numbers low, low + step, ... up to high. */
export function wholeNumbers(low: number, high: number, step = 1): WholeNumberRange {
  return { kind: "whole number", low, high, step };
}

/** One of these values, without an order. */
export function oneOf<const Value>(...values: readonly Value[]): Choice<Value> {
  return { kind: "choice", values };
}

/** What a search may change: an architecture's options and its training. Features stay, so that one cache serves all. */
interface Changeable<Options> {
  readonly options: Options;
  readonly training: TrainingOptions;
}

type IsLeaf<Value> = NonNullable<Value> extends readonly unknown[] | string | number | boolean ? true : false;

type Join<Prefix extends string, Key extends string> = Prefix extends "" ? Key : `${Prefix}.${Key}`;

/** The names of an object's fields, those of objects in it behind a dot: `training.mixup.share`. */
type Path<Fields, Prefix extends string = ""> = {
  [Key in keyof Fields & string]-?: IsLeaf<Fields[Key]> extends true
    ? Join<Prefix, Key>
    : Path<NonNullable<Fields[Key]>, Join<Prefix, Key>>;
}[keyof Fields & string];

type ValueAt<Fields, At extends string> = At extends `${infer Key}.${infer Rest}`
  ? Key extends keyof Fields
    ? ValueAt<NonNullable<Fields[Key]>, Rest>
    : never
  : At extends keyof Fields
    ? Fields[At]
    : never;

type RangeOf<Value> = Choice<Value> | (number extends Value ? NumberRange | WholeNumberRange : never);

/**
 * What a search may set, under the names that `--set` takes. A name that the architecture's options or the training do
 * not have, and a value of another type, do not compile.
 */
export type SearchSpace<Options = Readonly<Record<string, unknown>>> = {
  readonly [At in Path<Changeable<Options>>]?: RangeOf<ValueAt<Changeable<Options>, At>>;
};
