import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { affectlab, type Checkout, makeCheckout, tiny, writeTakes } from "./checkout.js";

interface Metrics {
  readonly specHash: string;
  readonly seconds: number;
  readonly source: string;
  readonly test: { readonly all: { readonly n: number } };
}

const train = ["train", "resnet", "--protocol", "combined", "--corpora", "mine", ...tiny];
const full = [...train, "--set", "training.epochs=5", "--profile", "full", "--json"];
const sample = [...train, "--set", "training.epochs=1", "--profile", "sample", "--seed", "1"];

describe("from recordings to a published model", () => {
  let checkout: Checkout;
  let metrics: Metrics;
  let sampleRun: string;
  const run = (...args: string[]) => affectlab(checkout, args);
  const runFolder = (hash: string) => join(checkout.home, "runs", hash);

  beforeAll(async () => {
    checkout = makeCheckout();
    const takes = writeTakes(checkout);
    const added = await run("corpora", "add", "mine", "--from", takes, "--labels", join(takes, "labels.csv"));
    expect(added.code).toBe(0);
  });

  it("trains with progress and a structured log on standard error, and metrics on standard output", async () => {
    const { code, out, err } = await run(...full, "--log-level", "info");
    expect(code, err).toBe(0);
    metrics = JSON.parse(out) as Metrics;
    expect(metrics).toMatchObject({ source: "own", test: { all: { n: 8 } } });
    expect(err).toMatch(/^epoch 1 of 5: 1 of 15 \(6%\), .* clips\/s, loss \d+\.\d+/m);
    expect(err).toMatch(/^epoch 5 of 5: 15 of 15 \(100%\), .*validation UAR/m);
    const logged = err.split("\n").filter((line) => line.startsWith("{"));
    const messages = logged.map((line) => JSON.parse(line) as { msg: string; run: string });
    expect(messages.map(({ msg }) => msg)).toEqual(["training starts", "training ended"]);
    expect(messages[0]!.run).toBe(metrics.specHash);
    expect(existsSync(join(runFolder(metrics.specHash), "metrics.json"))).toBe(true);
  }, 240_000);

  it("loads a finished run instead of training again", async () => {
    const { code, out, err } = await run(...full.filter((flag) => flag !== "--json"));
    expect(code).toBe(0);
    expect(err).not.toContain("epoch");
    expect(out).toContain("loaded from the store");
    expect(out).toMatch(/^mine +8 +\d+\.\d \[/m);
    expect(out).toContain(`Run ${metrics.specHash} lies in ${runFolder(metrics.specHash)}`);
  });

  it("lists and shows runs", async () => {
    const trained = await run(...sample);
    expect(trained.code, trained.err).toBe(0);
    sampleRun = /^Run ([0-9a-f]{16}) lies/m.exec(trained.out)![1]!;
    expect(trained.out).not.toContain("Synthetic speech"); // one's own recordings are real in every profile
    const listed = JSON.parse((await run("runs", "list", "--json")).out) as object[];
    expect(listed).toMatchObject([
      { run: sampleRun, profile: "sample", seed: 1, finished: true },
      { run: metrics.specHash, profile: "full", seed: 0, finished: true, corpora: ["mine"] },
    ]);
    const shown = await run("runs", "show", metrics.specHash.slice(0, 8));
    expect(shown.out).toMatch(/^options\.channels +\[4,8\]$/m);
    expect(shown.out).toMatch(/^training\.epochs +5$/m);
    expect(shown.out).toContain("Validation:");
  }, 240_000);

  it("tells where two runs differ, and by how much", async () => {
    const { code, out } = await run("runs", "diff", metrics.specHash, sampleRun);
    expect(code).toBe(0);
    expect(out).toMatch(/^seed +0 +1$/m);
    expect(out).toMatch(/^training\.epochs +5 +1$/m);
    expect(out).not.toMatch(/^options\.channels/m);
    expect(out).toMatch(/^UAR +\d+\.\d +\d+\.\d +-?\d+\.\d +\[/m);
    expect(out).toContain("McNemar p = ");
  });

  it("judges a checkpoint by hash, by model and epoch, and by path alike", async () => {
    const path = join(runFolder(metrics.specHash), "best.safetensors");
    const { code, out, err } = await run("evaluate", path, "--part", "test", "--json");
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ run: metrics.specHash, part: "test", metrics: metrics.test });
    const tenth = await run("evaluate", `${metrics.specHash}@10`);
    expect(tenth.code).toBe(1);
    expect(tenth.err).toContain("has no checkpoint 10. The best, the last and every tenth epoch are kept.");
    const newest = await run("evaluate", "resnet@last", "--protocol", "combined", "--json");
    expect(JSON.parse(newest.out)).toMatchObject({ run: sampleRun, checkpoint: "last", part: "validation" });
  }, 240_000);

  it("publishes the full profile and refuses the sample one", async () => {
    const refused = await run("publish", sampleRun);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("Only runs of the profile full are published.");
    expect(existsSync(join(checkout.root, "models/resnet"))).toBe(false);
    const { code, out, err } = await run("publish", metrics.specHash, "--as", "tiny");
    expect(code, err).toBe(0);
    expect(out).toBe("results/combined/tiny/seed-0\nmodels/tiny/combined\n");
  }, 240_000);

  it("predicts every file that can be used, names the others, and ends with 1 for them", async () => {
    const files = ["takes/happy-1.wav", "nothing.wav", "package.json", "takes/sad-2.wav"];
    const { code, out, err } = await run("predict", ...files, "--model", "tiny", "--protocol", "combined");
    expect(code).toBe(1);
    expect(err).toContain("There is no file nothing.wav.");
    expect(err).toContain("package.json is no audio");
    const rows = out.trim().split("\n\n")[0]!.split("\n"); // below it stands what ? means, where it is used
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(/^% +emotion +confidence +neutral +calm +happy +sad +angry/);
    expect(rows[2]).toMatch(/^takes\/sad-2\.wav +(\(no speech\)|[a-z]+\??( +\d+\.\d){9})$/); // it hums

    const json = await run("predict", "takes", "--model", "tiny", "--json");
    expect(json.code).toBe(0);
    const answers = JSON.parse(json.out) as {
      file: string;
      emotion: string;
      probabilities: Record<string, number>;
    }[];
    expect(answers).toHaveLength(40); // labels.csv beside them is no recording
    expect(answers[0]).toMatchObject({ file: "takes/angry-0.wav", duration: 0.5, model: "tiny" });
    expect(Object.keys(answers[0]!)).toEqual([
      ...[
        "file",
        "duration",
        "emotion",
        "confidence",
        "probabilities",
        "model",
        "speech",
        "unsure",
        "timeline",
      ],
    ]);
    const { emotion, probabilities } = answers[0]!;
    const shares = Object.values(probabilities);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    expect(probabilities[emotion]).toBe(Math.max(...shares));
    expect(json.err).toMatch(/^40 recordings, 20\.0 s of sound in .* s: 40 answered.*, 0 failed$/m);

    const epoch = await run("predict", "takes/happy-1.wav", "--model", "resnet@last", "--json");
    expect(epoch.code, epoch.err).toBe(0);
    expect(JSON.parse(epoch.out)[0]).toMatchObject({ model: "resnet@last", unsure: false });
  }, 240_000);

  it("verifies what is published, and finds a metric that was changed by hand", async () => {
    const sound = await run("verify");
    expect(sound.code, sound.err).toBe(0);
    expect(sound.out).toMatch(/^combined\/tiny\/seed-0 +holds +8 clips$/m);
    const path = join(checkout.root, "results/combined/tiny/seed-0/metrics.json");
    const changed = { ...metrics, test: { ...metrics.test, all: { ...metrics.test.all, n: 9 } } };
    writeFileSync(path, JSON.stringify(changed));
    const faulty = await run("verify");
    expect(faulty.code).toBe(1);
    expect(faulty.out).toContain("do not follow from its predictions");
  }, 240_000);

  it("shows validation without a look at the test, and judges later without training again", async () => {
    const unjudged = [...train, "--set", "training.epochs=2", "--profile", "sample", "--seed", "7"];
    const { code, out, err } = await run(...unjudged, "--without-test", "--json");
    expect(code, err).toBe(0);
    const told = JSON.parse(out) as { run: string };
    expect(told).toMatchObject({ checkpoint: "best", part: "validation", metrics: { all: { n: 8 } } });
    expect(readdirSync(runFolder(told.run))).not.toContain("predictions.csv");
    const judged = await run(...unjudged);
    expect(judged.code, judged.err).toBe(0);
    expect(judged.err).not.toContain("epoch");
    expect(judged.out).toContain(`Run ${told.run} lies in`);
    for (const name of readdirSync(runFolder(told.run)).filter((name) => name.endsWith(".safetensors")))
      rmSync(join(runFolder(told.run), name)); // as a restored run may be
    const again = await run(...unjudged, "--without-test", "--json");
    expect(again.code, again.err).toBe(0);
    expect(JSON.parse(again.out)).toEqual(told);
    expect(again.err).not.toContain("epoch");
  }, 240_000);

  it("keeps what an interrupted training reached, and comes to the same figures as one that never stopped", async () => {
    const other = { ...checkout, home: join(checkout.root, "other-home") };
    cpSync(join(checkout.home, "corpora"), join(other.home, "corpora"), { recursive: true });
    const stopped = await affectlab(other, full, {
      whenTold: (text, child) => {
        if (text.includes("epoch 1 of 5") && !text.includes("Stopping")) child.kill("SIGINT");
      },
    });
    expect(stopped).toMatchObject({ code: 130, out: "" });
    expect(stopped.err).toMatch(
      /Stopped in epoch \d; everything up to here is kept\. Start it again to go on\.\n$/,
    );
    const folder = join(other.home, "runs", metrics.specHash);
    expect(readdirSync(folder)).toContain("last.safetensors");
    expect(readdirSync(folder)).not.toContain("metrics.json");
    expect((await affectlab(other, ["runs"])).out).toContain("unfinished");

    const kept = await affectlab(other, ["runs", "prune", "--yes"]);
    expect(kept.out).toBe("There is nothing to prune.\n"); // touched a moment ago: it may be going on elsewhere

    const resumed = await affectlab(other, full);
    expect(resumed.code, resumed.err).toBe(0);
    expect(resumed.err).not.toMatch(/^epoch 1 of 5: 1 of 15/m);
    const again = JSON.parse(resumed.out) as Metrics;
    expect({ ...again, seconds: 0 }).toEqual({ ...metrics, seconds: 0 });
  }, 240_000);

  it("prunes only when it is told to mean it", async () => {
    writeFileSync(join(runFolder(metrics.specHash), "epoch-010.safetensors"), Buffer.alloc(2_000_000));
    const told = await run("runs", "prune");
    expect(told.out).toContain(`2 MB  ${metrics.specHash}: 1 older checkpoints`);
    expect(told.out).toContain("2 MB would be freed; add --yes to delete.");
    const meant = await run("runs", "prune", "--yes");
    expect(meant.out).toContain("2 MB freed.");
    const left = readdirSync(runFolder(metrics.specHash));
    expect(left).not.toContain("epoch-010.safetensors");
    expect(left).toEqual(expect.arrayContaining(["best.safetensors", "last.safetensors", "metrics.json"]));
  });
});
