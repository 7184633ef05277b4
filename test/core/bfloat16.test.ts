import { describe, expect, it } from "vitest";
import { bfloat16OfCard, bfloat16OfProcessor } from "../../src/core/bfloat16.js";

const cpuinfo = (flags: string) =>
  `processor\t: 0\nmodel name\t: Some Processor\nflags\t\t: ${flags}\nbugs\t\t:\n`;

describe("bf16", () => {
  it.each([
    ["fpu avx2 avx512f avx512_bf16 amx_bf16 amx_tile", "avx512_bf16, amx_bf16"],
    ["fpu avx512_bf16", "avx512_bf16"],
    ["fpu avx2 avx512f avx512_vnni", null],
    ["", null],
  ])("of a processor with the flags %j is %j", (flags, found) => {
    expect(bfloat16OfProcessor(cpuinfo(flags))).toBe(found);
  });

  it("of a processor without a line of flags is not there", () => {
    expect(bfloat16OfProcessor("CPU implementer\t: 0x41\n")).toBeNull();
  });

  it.each([
    ["9.0", "compute capability 9.0"],
    ["8.0", "compute capability 8.0"],
    ["12.0", "compute capability 12.0"],
    ["7.5", null],
    ["", null],
    ["No devices were found", null],
  ])("of a card of compute capability %j is %j", (capability, found) => {
    expect(bfloat16OfCard(capability)).toBe(found);
  });
});
