import { describe, expect, it } from "vitest";
import { chooseBuild, driverInProc } from "../../scripts/setup/gpu.mjs";

describe("the choice of TensorFlow's build", () => {
  it("takes CUDA where a driver new enough is present", () => {
    expect(chooseBuild({ driver: "550.54.15" })).toEqual({
      flavour: "cuda",
      reason: "NVIDIA driver 550.54.15: CUDA build of TensorFlow.",
    });
    expect(chooseBuild({ driver: "525.60.13" }).flavour).toBe("cuda");
  });

  it("takes the CPU build without a driver", () => {
    expect(chooseBuild({ driver: null }).flavour).toBe("cpu");
  });

  it("takes the CPU build under a driver that is too old, and says what to do", () => {
    const choice = chooseBuild({ driver: "470.256.02" });
    expect(choice.flavour).toBe("cpu");
    expect(choice.reason).toMatch(/470\.256\.02 is too old .*Update the driver/);
    expect(chooseBuild({ driver: "525.53" }).flavour).toBe("cpu");
  });

  it("takes CUDA on request on a machine without a GPU and under an old driver", () => {
    expect(chooseBuild({ driver: null, wish: "1" })).toMatchObject({
      flavour: "cuda",
      reason: expect.stringMatching(/no NVIDIA driver/),
    });
    expect(chooseBuild({ driver: "470.1", wish: "1" }).flavour).toBe("cuda");
  });

  it("takes the CPU build on request beside a GPU", () => {
    expect(chooseBuild({ driver: "580.95", wish: "0" }).flavour).toBe("cpu");
  });
});

describe("the driver's version", () => {
  it("is read from the proc file of the closed and of the open kernel module", () => {
    const closed =
      "NVRM version: NVIDIA UNIX x86_64 Kernel Module  525.147.05  Wed Oct 25 20:27:35 UTC 2023\n";
    const open =
      "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.124.06  Release Build  (root@host)\nGCC version: gcc 12.2.0";
    expect(driverInProc(closed)).toBe("525.147.05");
    expect(driverInProc(open)).toBe("570.124.06");
    expect(driverInProc("nothing of the kind")).toBeNull();
  });
});
