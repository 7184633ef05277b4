import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { hostileNames, steering, writeHostileCorpus } from "../hostile-names.js";
import { affectlab, type Checkout, makeCheckout } from "./checkout.js";

/** The published resnet answers: it is small. */
const resnet = join(packageRoot, "models/resnet/speaker-independent");

describe("recordings whose names carry markup, terminal codes and commands", () => {
  let checkout: Checkout;
  let folder: string;
  const expectPlain = ({ out, err }: { out: string; err: string }): void => {
    expect(out).not.toMatch(steering);
    expect(err).not.toMatch(steering);
    expect(existsSync(join(checkout.root, "pwned"))).toBe(false);
  };

  beforeAll(() => {
    checkout = makeCheckout();
    folder = writeHostileCorpus(checkout.root);
  });

  it("are added, verified and listed, and leave the terminal as it was", async () => {
    const added = await affectlab(checkout, [
      ...["corpora", "add", "hostile", "--from", folder, "--labels", join(folder, "labels.csv")],
    ]);
    expect(added.code, added.err).toBe(0);
    expect(added.out).toContain(`hostile: ${hostileNames.length} clips, ${hostileNames.length} speakers`);
    expectPlain(added);
    const name = hostileNames.find((one) => one.includes("\u001b"))!;
    const stored = join(checkout.home, "corpora/hostile/recordings", `${name}.wav`);
    rmSync(stored); // the same file as the original, by a hard link
    writeFileSync(stored, "changed");
    const verified = await affectlab(checkout, ["corpora", "verify", "hostile"]);
    expect(verified.code).toBe(1);
    expect(verified.out).toContain("changed: 1, such as ");
    expectPlain(verified);
  }, 240_000);

  it("are answered, a line each, and a broken one is named in one", async () => {
    writeFileSync(join(folder, "broken\u001b[2J\nall is well.wav"), "RIFF");
    const told = await affectlab(checkout, ["predict", "--model", resnet, folder]);
    expect(told.code).toBe(1);
    expect(told.out.split("\n").filter((line) => line.includes(".wav"))).toHaveLength(hostileNames.length);
    expect(told.err).toMatch(/broken\ufffd\[2J\ufffdall is well\.wav/);
    expectPlain(told);
  }, 240_000);

  it("come back from --json and --csv as they are", async () => {
    const path = join(folder, `${hostileNames[0]}.wav`);
    const told = await affectlab(checkout, ["predict", "--model", resnet, path, "--json"]);
    expect((JSON.parse(told.out) as { file: string }[])[0]!.file).toBe(path);
  }, 240_000);

  it.each(hostileNames.slice(0, 2).map((name, i) => [name, i]))(
    "are text in a timeline's page and picture: %s",
    async (name, i) => {
      const page = join(checkout.root, `${i}.html`);
      const told = await affectlab(checkout, [
        ...["predict", "--model", resnet, join(folder, `${name}.wav`), "--timeline", page],
      ]);
      expect(told.code, told.err).toBe(0);
      const html = readFileSync(page, "utf8");
      expect(html.includes(name)).toBe(false);
      expect(/<(img|script|svg onload)/.exec(html)).toBeNull();
      expect(html.slice(0, 600)).toMatch(/Content-Security-Policy" content="default-src 'none'/);
    },
    240_000,
  );

  it("are named as text where a path is wrong", async () => {
    const told = await affectlab(checkout, ["predict", "--model", resnet, "none\u001b[31m\u202e.wav"]);
    expect(told.code).toBe(1);
    expect(told.err).toContain("none\ufffd[31m\ufffd.wav");
    expectPlain(told);
  }, 240_000);
});
