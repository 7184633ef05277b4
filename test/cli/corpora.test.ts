import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writeTone } from "../corpora/recordings.js";
import { affectlab, type Checkout, makeCheckout, writeTakes } from "./checkout.js";

describe("affectlab corpora", () => {
  let checkout: Checkout;
  let takes: string;
  beforeAll(() => {
    checkout = makeCheckout();
    takes = writeTakes(checkout);
  });
  const list = async () =>
    JSON.parse((await affectlab(checkout, ["corpora", "--json"])).out) as Record<string, unknown>[];

  it("lists the published corpora and the sample, absent in a new store", async () => {
    const { code, out } = await affectlab(checkout, ["corpora"]);
    expect(code).toBe(0);
    for (const name of ["ravdess", "crema-d", "tess", "sample"]) {
      expect(out).toMatch(new RegExp(`^${name}\\s+absent`, "m"));
    }
    expect(out).toContain(`The store is ${checkout.home}`);
  });

  it("adds one's own recordings, which then stand in the list and verify as sound", async () => {
    const labels = join(takes, "labels.csv");
    const added = await affectlab(checkout, ["corpora", "add", "mine", "--from", takes, "--labels", labels]);
    expect(added.code).toBe(0);
    expect(added.out).toContain("mine: 40 clips, 2 speakers, 4 emotions.");
    expect(added.err).toContain("check recordings: 40 of 40 (100%)");
    expect(await list()).toContainEqual(expect.objectContaining({ name: "mine", files: 40, isOwn: true }));
    const verified = await affectlab(checkout, ["corpora", "verify"]);
    expect(verified).toMatchObject({ code: 0, out: "mine: 40 files, 40 original, sound\n" });
  });

  it("names every faulty row and adds nothing", async () => {
    const labels = join(checkout.root, "bad.csv");
    writeFileSync(
      labels,
      "file,emotion,speaker\nhappy-0.wav,joy,ann\nnone.wav,happy,ann\nhappy-1.wav,happy,\n",
    );
    const { code, err } = await affectlab(checkout, [
      "corpora",
      "add",
      "bad",
      "--from",
      takes,
      "--labels",
      labels,
    ]);
    expect(code).toBe(1);
    expect(err).toContain("row 2");
    expect(err).toContain("row 4");
    expect((await list()).map(({ name }) => name)).not.toContain("bad");
  });

  it("imports what it recognises, in any nesting, and tells copies from originals", async () => {
    const folder = join(checkout.root, "found");
    writeTone(folder, "deep/1001_DFA_ANG_XX.wav", 300);
    writeTone(folder, "1002_DFA_HAP_XX.wav", 400);
    writeTone(folder, "holiday.wav", 500);
    const { code, out } = await affectlab(checkout, ["corpora", "import", "--from", folder]);
    expect(code).toBe(0);
    expect(out).toContain("crema-d: 2 files in the store, 0 the publisher's own, 2 not");
    expect(await list()).toContainEqual(
      expect.objectContaining({ name: "crema-d", state: "partial", files: 2, altered: 2 }),
    );
  });

  it("answers an incomplete corpus with exit code 1 on verify", async () => {
    const { code, out } = await affectlab(checkout, ["corpora", "verify", "crema-d"]);
    expect(code).toBe(1);
    expect(out).toContain("crema-d: 2 files, 0 original, NOT sound");
    expect(out).toContain("missing: 7440");
  });

  it("lays recordings out by emotion", async () => {
    const folder = join(checkout.root, "by-emotion");
    const { code, out } = await affectlab(checkout, ["corpora", "view", folder, "mine"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ +10 {2}happy$/m);
    expect(readdirSync(join(folder, "happy"))).toHaveLength(10);
    expect(readdirSync(join(folder, "calm"))).toHaveLength(0);
  });

  it("ends making the sample on SIGTERM with 143, and keeps no half of it", async () => {
    const { code, err } = await affectlab(checkout, ["corpora", "make", "sample"], {
      whenTold: (text, child) => {
        if (text.includes("sample speech: 1 of ") && !text.includes("Stopping")) child.kill("SIGTERM");
      },
    });
    expect(err).toContain("Stopping after this step");
    expect(code).toBe(143);
    expect(existsSync(join(checkout.home, "corpora", "sample"))).toBe(false);
  });
});
