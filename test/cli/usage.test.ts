import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { beforeAll, describe, expect, it } from "vitest";
import { tellFailure } from "../../src/cli/failure.js";
import { createProgram } from "../../src/cli/program.js";
import { InterruptedError, LabError } from "../../src/core/errors.js";
import { packageRoot } from "../../src/core/settings.js";
import { affectlab, type Checkout, makeCheckout } from "./checkout.js";

/** Every command below this one with its full name, such as `affectlab corpora import`. */
function everyCommand(command: Command, parents = ""): [string, Command][] {
  const name = `${parents}${command.name()}`;
  return [[name, command], ...command.commands.flatMap((child) => everyCommand(child, `${name} `))];
}

describe("affectlab", () => {
  let checkout: Checkout;
  beforeAll(() => {
    checkout = makeCheckout();
  });

  it("shows every command, the exit codes and examples in its help", async () => {
    const { code, out } = await affectlab(checkout, ["--help"]);
    expect(code).toBe(0);
    const commands = ["corpora", "train", "evaluate", "runs", "publish", "verify", "predict", "doctor"];
    for (const name of commands) expect(out).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    expect(out).toContain("Exit codes: 0 well, 1 failed, 2 wrong usage");
    expect(out).toContain("affectlab predict recording.wav");
  });

  it("shows the options of a command with those that every command has", async () => {
    const { code, out } = await affectlab(checkout, ["corpora", "import", "--help"]);
    expect(code).toBe(0);
    expect(out).toContain("affectlab corpora import");
    expect(out).toContain("--from <dir>");
    expect(out).toContain("--profile <name>");
  });

  it.each(everyCommand(createProgram()))("gives examples of %s that are its own", (name, command) => {
    let help = "";
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    const examples = help.slice(help.indexOf("Examples:")).split("\n").slice(1);
    expect(examples.length).toBeGreaterThan(0);
    expect(examples.some((line) => line.trim().startsWith(name.replace(/ list$/, "")))).toBe(true);
  });

  it.each(["predict", "listen", "serve"])("says under %s --help what answers are not for", async (name) => {
    const { out } = await affectlab(checkout, [name, "--help"]);
    expect(out).toMatch(/no\ndecision about a person .* European Union, .*\n.*Article 5\(1\)\(f\)/);
  });

  it("answers help without loading TensorFlow or danfojs", () => {
    const script = `
      require(${JSON.stringify(join(checkout.root, "dist/cli/main.js"))}).runCommandLine(["--help"]).then(() => {
        const loaded = Object.keys(require.cache).filter((file) => /tensorflow|danfo|vega|piscina/.test(file));
        process.stderr.write(JSON.stringify(loaded));
      });`;
    const { stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    expect(JSON.parse(stderr)).toEqual([]);
  });

  it.each([
    [["fly"], "unknown command 'fly'"],
    [["train", "resnet"], "required option '-p, --protocol <name>'"],
    [["train", "resnet", "--protocol", "random"], "speaker-independent"],
    [
      ["train", "lstm", "--protocol", "combined", "--without-test", "--force"],
      "cannot be used with option '--force'",
    ],
    [["train", "resnet", "--protocol", "combined", "--seed", "one"], "whole number"],
    [["runs", "list", "--profile", "huge"], "sample, quick, full"],
    [["predict"], "missing required argument"],
    [["corpora", "import"], "--from"],
  ])("refuses %j as wrong usage, with exit code 2", async (args, reason) => {
    const { code, out, err } = await affectlab(checkout, args);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(reason);
    expect(err).not.toMatch(/^\s+at /m);
  });

  it.each([
    [["runs", "show", "beef"], "There is no run beef."],
    [["evaluate", "resnet@10"], "There is no run resnet."],
    [["publish", "beef"], "There is no run beef."],
    [["corpora", "download", "emodb"], 'There is no corpus "emodb".'],
    [["corpora", "view", "by-emotion"], "There is no corpus in the store to be viewed."],
    [["train", "resnet", "--protocol", "emobox-ravdess"], "needs a fold. Its folds are 1, 2, 3"],
    [["train", "alexnet", "--protocol", "combined"], 'There is no architecture "alexnet".'],
    [["train", "resnet", "--protocol", "combined", "--profile", "full"], "affectlab corpora import crema-d"],
    [["train", "resnet", "--protocol", "combined", "--set", "training.epoch=3"], "validateEveryEpochs"],
    [["train", "resnet", "--protocol", "combined", "--set", "training.epochs=many"], "It takes a number."],
    [["train", "resnet", "--protocol", "combined", "--set", "epochs=3"], "training.epochs=10"],
    [["train", "all", "--protocol", "combined", "--without-test"], "--without-test has no meaning for all"],
    [["train", "baseline-majority", "--protocol", "combined", "--without-test"], "judged in one go"],
  ])("explains %j in a sentence or two, with exit code 1 and no stack", async (args, reason) => {
    const { code, out, err } = await affectlab(checkout, args);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(reason);
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("says what to type when it has not been compiled", () => {
    const bare = mkdtempSync(join(tmpdir(), "affectlab-cli-bare-"));
    cpSync(join(packageRoot, "bin"), join(bare, "bin"), { recursive: true });
    const done = spawnSync(process.execPath, [join(bare, "bin/affectlab.cjs"), "runs"], { encoding: "utf8" });
    expect(done.status).toBe(2);
    expect(done.stderr).toMatch(/^affectlab is not compiled yet\. Run npm start .*\n$/);
  });
});

describe("settings", () => {
  const homeOf = async (checkout: Checkout, args: string[], env: Record<string, string>): Promise<string> => {
    const { out } = await affectlab(checkout, ["runs", ...args], { env });
    return /There is no run in (.*) yet/.exec(out)![1]!;
  };

  it("come from the option, else the environment, else affectlab.json", async () => {
    const checkout = makeCheckout();
    writeFileSync(join(checkout.root, "affectlab.json"), JSON.stringify({ home: "/tmp/from-file" }));
    expect(await homeOf(checkout, ["--home", "/tmp/from-flag"], {})).toBe("/tmp/from-flag");
    expect(await homeOf(checkout, [], { AFFECTLAB_HOME: "/tmp/from-environment" })).toBe(
      "/tmp/from-environment",
    );
    expect(await homeOf(checkout, [], { AFFECTLAB_HOME: "" })).toBe("/tmp/from-file");
  });

  it("are explained when affectlab.json or the environment holds nonsense", async () => {
    const checkout = makeCheckout();
    const seed = await affectlab(checkout, ["runs"], { env: { AFFECTLAB_SEED: "x" } });
    expect(seed).toMatchObject({ code: 1, err: expect.stringContaining('"x" is not a seed.') });
    const level = await affectlab(checkout, ["runs"], { env: { AFFECTLAB_LOG: "loud" } });
    expect(level).toMatchObject({ code: 1, err: expect.stringContaining('no log level "loud"') });
    writeFileSync(join(checkout.root, "affectlab.json"), '{ "profile": "huge" }');
    const file = await affectlab(checkout, ["runs"]);
    expect(file).toMatchObject({ code: 1, err: expect.stringContaining("affectlab.json cannot be used") });
  });
});

describe("failures", () => {
  const tell = (error: unknown) => {
    let text = "";
    const code = tellFailure(error, (piece) => {
      text += piece;
      return true;
    });
    return { code, text };
  };

  it("of people are a sentence and a remedy; an interruption is 130", () => {
    expect(tell(new LabError("It is broken.", "Mend it."))).toEqual({
      code: 1,
      text: "It is broken. Mend it.\n",
    });
    expect(tell(new InterruptedError("Stopped.")).code).toBe(130);
  });

  it("of the disk are the system's own words and a remedy", () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    expect(tell(full).code).toBe(1);
    expect(tell(full).text).toMatch(/^The system refused: ENOSPC.*Free some space and run again\.\n$/);
  });

  it("of affectlab are 70, with the stack and a request to report them", () => {
    const { code, text } = tell(new TypeError("x is not a function"));
    expect(code).toBe(70);
    expect(text).toMatch(/TypeError: x is not a function\n\s+at /);
    expect(text).toContain("This is a defect of affectlab. Please report it");
  });
});
