import type { Chart } from "./chart.js";

/** A bin of a reliability curve; null confidence and accuracy where it is empty. */
export interface ReliabilityPoint {
  readonly n: number;
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

/**
 * How often decisions of a confidence are right, for one or several sets of bins (such as before and after
 * temperature scaling). On the dashed diagonal confidence is deserved; below it the model is too sure.
 */
export function reliabilityCurve(
  curves: Readonly<Record<string, readonly ReliabilityPoint[]>>,
  title = "Confidence and accuracy",
): Chart {
  const series = Object.entries(curves).flatMap(([name, bins], place) => {
    const filled = bins.filter(({ n }) => n > 0);
    const x = filled.map(({ confidence }) => confidence!);
    const y = filled.map(({ accuracy }) => accuracy!);
    const color = place === 0 ? "#2b4be0" : place === 1 ? "#c98015" : "#3db391";
    return [
      { mark: "line" as const, name, x, y, color },
      { mark: "point" as const, name: "", x, y, color },
    ];
  });
  return {
    title,
    description: `Accuracy against confidence for ${Object.keys(curves).join(", ")}, beside the diagonal.`,
    x: { title: "confidence (top probability)", kind: "number", format: "percent", domain: [0, 1] },
    y: { title: "accuracy", kind: "number", format: "percent", domain: [0, 1] },
    series: [
      { mark: "line", name: "deserved", x: [0, 1], y: [0, 1], dashed: true, color: "#8b949e" },
      ...series,
    ],
    width: 600,
    height: 460,
  };
}
