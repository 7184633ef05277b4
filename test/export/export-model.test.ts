import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { InterruptedError } from "../../src/core/errors.js";
import { resolveSettings } from "../../src/core/settings.js";
import { listenForStop } from "../../src/core/stop-signal.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import type { Clip } from "../../src/corpora/clip.js";
import { emotions } from "../../src/corpora/emotions.js";
import type { Prediction } from "../../src/evaluation/prediction.js";
import { evaluatePredictions } from "../../src/evaluation/report.js";
import { agreementOf } from "../../src/export/compare-with-source.js";
import { exportModel } from "../../src/export/export-model.js";
import type { JudgingClips } from "../../src/export/judging-clips.js";
import type { ExportPrecision } from "../../src/export/stored-constants.js";
import type { PublishedPredictor } from "../../src/inference/assemble-predictor.js";
import type { ModelCard } from "../../src/inference/model-card.js";
import { predictWaves } from "../../src/inference/predict.js";
import { buildLstm } from "../../src/models/lstm.js";
import { temporaryFolder } from "../temporary-folder.js";
import { toyClip } from "../training/toy.js";
import { smallResNet, sounds } from "./predictors.js";

const settings = resolveSettings({ profile: "sample" });
let clips: Clip[];

beforeAll(() => {
  loadTensorFlow();
  const folder = temporaryFolder("clips");
  clips = sounds(12).map((samples, i) => {
    const path = join(folder, `${i}.wav`);
    writeFileSync(path, encodeWav(samples, 16_000));
    return { ...toyClip(i, i % emotions.length), path };
  });
});

/** The network with a card whose test figures are `share` of what it reaches on the clips: 1 for its own. */
function published(share = 1): PublishedPredictor {
  const predictor = smallResNet();
  const heard = sounds(12).map((samples) => predictWaves(predictor, [{ samples, sampleRate: 16_000 }])[0]!);
  const predictions = clips.map(({ id, corpus, speaker, emotion }, i) => {
    const { probabilities, emotion: predicted } = heard[i]!;
    return { clip: id, corpus, speaker, emotion, predicted: predicted as never, probabilities };
  });
  const test = evaluatePredictions(predictions);
  const uar = { ...test.all.uar, value: test.all.uar.value + 1 - share };
  const all = { ...test.all, uar };
  const metrics = { test: { all }, validation: { all } } as unknown as ModelCard["metrics"];
  return { ...predictor, card: { ...predictor.card, metrics } };
}

const write = (
  predictor: PublishedPredictor,
  output: string,
  weights: ExportPrecision,
  source: JudgingClips["source"] = "test",
) => exportModel(predictor, { to: "tfjs", weights, output, settings, clips: { source, clips } });

describe("an export", () => {
  it("is a folder with the model, its card and a README that shows the call", async () => {
    const output = join(temporaryFolder("exports"), "emotion");
    const card = await write(published(), output, "float16");
    expect(readdirSync(output).sort()).toEqual(["README.md", "card.json", "model.json", "weights.bin"]);
    expect(JSON.parse(readFileSync(join(output, "card.json"), "utf8"))).toEqual(card);
    expect(card.comparison).toMatchObject({ clips: 12, of: "test", sameEmotion: 12 });
    expect(card.comparison.largestDifference).toBeLessThan(5e-3);
    expect(card.comparison.runtime).toContain("backend wasm");
    expect(card.test!.all!.n).toBe(12);
    expect(card.files["weights.bin"]!.bytes).toBe(readFileSync(join(output, "weights.bin")).length);
    const readme = readFileSync(join(output, "README.md"), "utf8");
    expect(readme).toContain('tf.loadGraphModel("model.json")');
    expect(readme).toContain("exported, float16");
    expect(readme).toContain("Nobody, 2026");
  });

  it("takes an earlier one's place, and nothing else's", async () => {
    const folder = temporaryFolder("exports");
    const output = join(folder, "emotion");
    await write(published(), output, "float32");
    const { weights } = await write(published(), output, "float16");
    expect(JSON.parse(readFileSync(join(output, "card.json"), "utf8")).weights).toBe(weights);
    const other = join(folder, "other");
    mkdirSync(other);
    writeFileSync(join(other, "thesis.txt"), "years of work");
    await expect(write(published(), other, "float32")).rejects.toThrow("holds files that are no export");
    expect(readdirSync(folder).sort()).toEqual(["emotion", "other"]);
  });

  it("in int8 is judged beside its source on the same sound, whatever the source was published with", async () => {
    const folder = temporaryFolder("exports");
    const card = await write(published(0.5), join(folder, "kept"), "int8");
    expect(card.test!.all!.n).toBe(12);
    expect(card.sourceTest!.all!.uar.value).toBe(published().card.metrics.test.all!.uar.value);
    await expect(write(published(), join(folder, "unknown"), "int8", "sample")).rejects.toThrow(
      "cannot be measured",
    );
    expect(readdirSync(folder)).toEqual(["kept"]);
  });

  it("hears each clip once, whether it is compared, judged or both", async () => {
    const predictor = published();
    const heard = new Map<string, number>();
    const more = Array.from({ length: 10 }, (_, k) =>
      clips.map((clip) => ({ ...clip, id: `${clip.id}/${k}` })),
    );
    const card = await exportModel(predictor, {
      ...{ to: "tfjs", weights: "float16", output: join(temporaryFolder("exports"), "emotion"), settings },
      clips: { source: "test", clips: more.flat() },
      onProgress: ({ task, done }) => void heard.set(task, done),
    });
    expect(heard).toEqual(
      new Map([
        ["comparison with the source", 100],
        ["test clips", 20],
      ]),
    );
    expect([card.comparison.clips, card.test!.all!.n]).toEqual([100, 120]);
  });

  it("differs without measure where a probability is no number, whatever comes after it", () => {
    const said = (probabilities: number[]) => ({ probabilities, predicted: "sad" }) as unknown as Prediction;
    const source = [said([0.5, 0.5]), said([0.5, 0.5])];
    const { largestDifference } = agreementOf({ source, exported: [said([Number.NaN, 0.5]), source[1]!] });
    expect(largestDifference).toBeNaN();
  });

  it("that differs from its source is not written", async () => {
    const predictor = published();
    const output = join(temporaryFolder("exports"), "broken");
    const broken = { ...predictor, plan: { run: () => new Float32Array(8), dispose: () => undefined } };
    await expect(write(broken, output, "float32")).rejects.toThrow("differs from its source by");
    expect(existsSync(output)).toBe(false);
  });

  it("that is stopped leaves nothing behind, and the earlier one where it was", async () => {
    const folder = temporaryFolder("exports");
    const output = join(folder, "emotion");
    await write(published(), output, "float16");
    const before = readFileSync(join(output, "card.json"), "utf8");
    const stop = listenForStop([]);
    const stopped = exportModel(published(), {
      ...{ to: "tfjs", weights: "float32", output, settings, stop, clips: { source: "test", clips } },
      onProgress: ({ done }) => done === 3 && stop.request(),
    });
    await expect(stopped).rejects.toThrow(InterruptedError);
    expect(readdirSync(folder)).toEqual(["emotion"]);
    expect(readFileSync(join(output, "card.json"), "utf8")).toBe(before);
  });

  it("of a layer that has no such form names the layer", async () => {
    const { card } = published();
    const output = join(temporaryFolder("exports"), "lstm");
    await expect(write({ card, model: buildLstm() }, output, "float32")).rejects.toThrow(
      /The layer "\w+" \(\w+\) cannot be carried over/,
    );
    expect(existsSync(output)).toBe(false);
  });
});
