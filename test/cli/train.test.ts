import { afterEach, describe, expect, it, vi } from "vitest";
import { createProgram } from "../../src/cli/program.js";
import { LabError } from "../../src/core/errors.js";
import { temporaryFolder } from "../temporary-folder.js";

describe("affectlab train with --seed", () => {
  const train = (model: string, ...more: string[]) =>
    createProgram().parseAsync(
      [...["train", model, "--protocol", "combined", "--home", temporaryFolder("train")], ...more],
      { from: "user" },
    );
  /** Where training ends when nothing was refused before. */
  const [noRow, noCorpus] = [
    ["--rows", "no-such-row"],
    ["--corpora", "mine"],
  ];
  afterEach(() => void vi.unstubAllEnvs());

  it.each([
    ["all", noRow, /--seed has no meaning for all rows.*by its name/],
    ["baseline-majority", noCorpus, /baseline-majority draws nothing.*Leave --seed out/],
  ])("above 0 is refused for %s, whose seeds it would not change", async (model, more, told) => {
    const refused = train(model, "--seed", "1", ...more);
    await expect(refused).rejects.toThrow(LabError);
    await expect(refused).rejects.toThrow(told);
  });

  it.each([
    ["all", noRow, 'There is no row "no-such-row"'],
    ["baseline-majority", noCorpus, 'There is no corpus "mine"'],
  ])("0 is what %s has, and a seed in the environment is for what has one", async (model, more, told) => {
    await expect(train(model, "--seed", "0", ...more)).rejects.toThrow(told);
    vi.stubEnv("AFFECTLAB_SEED", "1");
    await expect(train(model, ...more)).rejects.toThrow(told);
  });
});
