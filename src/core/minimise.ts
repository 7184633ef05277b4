/** A function's value at a point and its gradient there. */
export interface ValueAndGradient {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface MinimiseOptions {
  /** Steps at most; 500 where absent. */
  readonly mostSteps?: number;
  /** Ends when no component of the gradient is larger; 1e-7 where absent. */
  readonly smallestGradient?: number;
  /** Ends when a step lowers the value by a smaller share of it; 1e-12 where absent. */
  readonly smallestFall?: number;
}

/** Steps that the curvature is estimated from. */
const memory = 10;
/** A step must lower the value by this share of what the slope promises (Armijo). */
const sufficientShare = 1e-4;
const mostHalvings = 25;

/**
 * The lowest point of a smooth convex function by L-BFGS (Liu and Nocedal 1989) with step halving. `at` must not keep the
 * point that it is given. Deterministic.
 */
export function minimise(
  at: (point: Float64Array) => ValueAndGradient,
  start: Float64Array,
  { mostSteps = 500, smallestGradient = 1e-7, smallestFall = 1e-12 }: MinimiseOptions = {},
): Float64Array {
  let point = start.slice();
  let { value, gradient } = at(point);
  const moves: Move[] = [];
  for (let step = 0; step < mostSteps; step++) {
    if (gradient.every((slope) => Math.abs(slope) <= smallestGradient)) break;
    const direction = descentDirection(gradient, moves);
    const slope = dot(direction, gradient);
    let length = moves.length === 0 ? Math.min(1, 1 / norm(gradient)) : 1;
    let found: ValueAndGradient | null = null;
    let next = point;
    for (let halving = 0; halving < mostHalvings && found === null; halving++) {
      next = point.map((x, i) => x + length * direction[i]!);
      const there = at(next);
      if (there.value <= value + sufficientShare * length * slope) found = there;
      else length /= 2;
    }
    if (found === null) break; // rounding hides any further fall
    const change = next.map((x, i) => x - point[i]!);
    const turn = found.gradient.map((x, i) => x - gradient[i]!);
    const curvature = dot(change, turn);
    if (curvature > 1e-12 * dot(turn, turn)) {
      moves.push({ change, turn, curvature });
      if (moves.length > memory) moves.shift();
    }
    const fall = value - found.value;
    ({ value, gradient } = found);
    point = next;
    if (fall <= smallestFall * Math.max(1, Math.abs(value))) break;
  }
  return point;
}

/** A step that was taken and how the gradient turned over it. */
interface Move {
  readonly change: Float64Array;
  readonly turn: Float64Array;
  readonly curvature: number;
}

/** Two-loop recursion: minus the estimated inverse Hessian times the gradient. */
function descentDirection(gradient: Float64Array, moves: readonly Move[]): Float64Array {
  const q = gradient.slice();
  const shares = moves.map(() => 0);
  for (let i = moves.length - 1; i >= 0; i--) {
    const { change, turn, curvature } = moves[i]!;
    shares[i] = dot(change, q) / curvature;
    addScaled(q, turn, -shares[i]!);
  }
  const last = moves.at(-1);
  const scale = last === undefined ? 1 : last.curvature / dot(last.turn, last.turn);
  for (let i = 0; i < q.length; i++) q[i]! *= scale;
  moves.forEach(({ change, turn, curvature }, i) => {
    addScaled(q, change, shares[i]! - dot(turn, q) / curvature);
  });
  return q.map((x) => -x);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function addScaled(target: Float64Array, values: Float64Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * values[i]!;
}
