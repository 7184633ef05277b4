import { describe, expect, it } from "vitest";
import { requireSameNetwork } from "../../../scripts/benchmark/equality.mjs";

const ours = { parameters: 10, logits: [1, -4, 2], losses: [2, 1.9, 1.8] };

function compare(change: Partial<typeof ours>, precision: "float32" | "bf16" = "float32"): () => void {
  return () => requireSameNetwork("resnet", "keras", ours, { ...ours, ...change }, precision);
}

describe("the twins of a network", () => {
  it("are accepted when only rounding tells them apart", () => {
    expect(compare({ logits: [1.0001, -4.0001, 2], losses: [2.001, 1.9, 1.8] })).not.toThrow();
  });

  it("are refused with another number of parameters, naming task, side and both numbers", () => {
    expect(compare({ parameters: 11 })).toThrow(/resnet: keras .* 11 parameters where ours has 10/);
  });

  it("are refused when one forward pass differs", () => {
    expect(compare({ logits: [1, -4, 2.01] })).toThrow(/one forward pass differs by 0\.25/);
    expect(compare({ logits: [1, -4] })).toThrow(/forward pass/);
    expect(compare({ logits: [1, Number.NaN, 2] })).toThrow(/forward pass/);
  });

  it("are refused when they learn otherwise", () => {
    expect(compare({ losses: [2, 1.9, 1.7] })).toThrow(
      /losses .* 2\.0000, 1\.9000, 1\.7000 where ours are 2\.0000, 1\.9000, 1\.8000/,
    );
    expect(compare({ losses: [2, 1.9, Number.NaN] })).toThrow(/losses/);
    expect(compare({ losses: [2, 1.9] })).not.toThrow(); // a slow side takes fewer steps
    expect(compare({ losses: [2, 1.7] })).toThrow(/losses/);
    expect(compare({ losses: [] })).toThrow(/losses/);
  });

  it("may drift further apart in bf16, in training alone", () => {
    expect(compare({ losses: [2.05, 1.9, 1.8] }, "bf16")).not.toThrow();
    expect(compare({ losses: [2.2, 1.9, 1.8] }, "bf16")).toThrow(/losses/);
    expect(compare({ logits: [1, -4, 2.01] }, "bf16")).toThrow(/forward pass/);
  });

  it("may judge in bf16, which its rounding then is allowed", () => {
    const judge = (logits: number[]) => () =>
      requireSameNetwork("resnet", "keras", ours, { ...ours, logits }, "bf16", "bf16");
    expect(judge([1, -4, 2.1])).not.toThrow();
    expect(judge([1, -4, 2.3])).toThrow(/forward pass/);
  });
});
