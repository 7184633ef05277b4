import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../../src/core/random.js";
import { loadTensorFlow } from "../../../src/core/tensorflow.js";
import type { Clip } from "../../../src/corpora/clip.js";
import type { Emotion } from "../../../src/corpora/emotions.js";
import {
  demonstrateLeakage,
  transferBetweenCorpora,
} from "../../../src/notebook/studies/comparison/transfer.js";
import { toyClip } from "../../training/toy.js";

const told: readonly Emotion[] = ["neutral", "happy", "sad"];
const dimensions = 64;

beforeAll(() => void loadTensorFlow());

/** Every speaker of a corpus says every sentence with every emotion. */
function clipsOf(corpus: string, speakers: number, sentences: number, said = told): Clip[] {
  const clips: Clip[] = [];
  for (let speaker = 0; speaker < speakers; speaker++)
    for (let sentence = 0; sentence < sentences; sentence++)
      for (const emotion of said) {
        const id = `${corpus}/${speaker}-${sentence}-${emotion}.wav`;
        const name = {
          id,
          path: id,
          corpus,
          speaker: `${corpus}/${speaker}`,
          sentence: `${sentence}`,
          emotion,
        };
        clips.push({ ...toyClip(0, 0), ...name });
      }
  return clips;
}

/** A direction of its own for each key, the same in every call. */
function direction(key: string): Float32Array {
  const random = createRandom(7).fork(key);
  return Float32Array.from({ length: dimensions }, () => random.normal());
}

/** Each clip's vector is the sum of the directions of what `keysOf` says of it. */
function vectorsOf(clips: readonly Clip[], keysOf: (clip: Clip) => string[]): Map<string, Float32Array> {
  return new Map(
    clips.map((clip) => {
      const parts = keysOf(clip).map(direction);
      return [
        clip.id,
        Float32Array.from({ length: dimensions }, (_, i) => parts.reduce((s, p) => s + p[i]!, 0)),
      ];
    }),
  );
}

const splitByTake = (clips: readonly Clip[]): { train: string[]; validation: string[]; test: string[] } => ({
  train: clips.filter(({ sentence }) => Number(sentence) % 2 === 0).map(({ id }) => id),
  validation: [],
  test: clips.filter(({ sentence }) => Number(sentence) % 2 === 1).map(({ id }) => id),
});

describe("transfer between corpora", () => {
  it("is whole where both corpora sound alike, and none where each has signs of its own", () => {
    const clips = [...clipsOf("a", 2, 6), ...clipsOf("b", 2, 6)];
    const alike = transferBetweenCorpora(
      clips,
      splitByTake(clips),
      vectorsOf(clips, ({ emotion }) => [emotion]),
    );
    expect(alike.map(({ trainedOn, testedOn, uar }) => [trainedOn, testedOn, uar.value])).toEqual([
      ["a", "a", 1],
      ["a", "b", 1],
      ["b", "a", 1],
      ["b", "b", 1],
    ]);
    const apart = transferBetweenCorpora(
      clips,
      splitByTake(clips),
      vectorsOf(clips, ({ corpus, emotion }) => [`${corpus} ${emotion}`]),
    );
    const uar = new Map(apart.map((one) => [one.trainedOn + one.testedOn, one.uar.value]));
    expect([uar.get("aa"), uar.get("bb")]).toEqual([1, 1]);
    expect(uar.get("ab")).toBeLessThanOrEqual(2 / 3);
    expect(uar.get("ba")).toBeLessThanOrEqual(2 / 3);
  });

  it("asks only about emotions that the corpus of training has, and of test clips alone", () => {
    const clips = [...clipsOf("a", 2, 4), ...clipsOf("b", 2, 4, ["neutral", "happy"])];
    const rows = transferBetweenCorpora(
      clips,
      splitByTake(clips),
      vectorsOf(clips, ({ emotion }) => [emotion]),
    );
    expect(rows.map(({ trainedOn, testedOn, clips: asked }) => [trainedOn, testedOn, asked])).toEqual([
      ["a", "a", 2 * 2 * 3],
      ["a", "b", 2 * 2 * 2],
      ["b", "a", 2 * 2 * 2],
      ["b", "b", 2 * 2 * 2],
    ]);
  });
});

/** 512 numbers a clip of which one tells the emotion, faintly: a large penalty is what keeps the others out. */
function noisyVectors(clips: readonly Clip[]): Map<string, Float32Array> {
  const random = createRandom(3);
  return new Map(
    clips.map(({ id, emotion }) => {
      const vector = Float32Array.from({ length: 512 }, () => random.normal());
      vector[told.indexOf(emotion)]! += 1.5;
      return [id, vector];
    }),
  );
}

describe("the penalty", () => {
  it("of each corpus is the best on its own validation clips", () => {
    const clips = clipsOf("a", 8, 6);
    const ids = (speaker: (number: number) => boolean): string[] =>
      clips.filter((clip) => speaker(Number(clip.speaker.split("/")[1]))).map(({ id }) => id);
    const vectors = noisyVectors(clips);
    const parts = { train: ids((n) => n < 3), test: ids((n) => n > 5) };
    const [plain] = transferBetweenCorpora(clips, { ...parts, validation: [] }, vectors);
    const [chosen] = transferBetweenCorpora(
      clips,
      { ...parts, validation: ids((n) => n > 2 && n < 6) },
      vectors,
    );
    expect(chosen!.penalty).toBe(1);
    expect(plain!.penalty).toBe(0.1);
  });
});

describe("the leakage demonstration", () => {
  it("tests every clip once in each way, whole sentences and whole speakers apart where it says so", () => {
    const clips = clipsOf("a", 8, 4);
    const rows = demonstrateLeakage(
      clips,
      vectorsOf(clips, ({ emotion }) => [emotion]),
    );
    expect(rows.map(({ apart, clips: held }) => [apart, held])).toEqual([
      ["nothing (random)", clips.length],
      ["sentences", clips.length],
      ["speakers", clips.length],
    ]);
    expect(rows.every(({ uar }) => uar.value === 1)).toBe(true);
  });

  it("leaves out a way that there is nothing to keep apart in", () => {
    const clips = clipsOf("a", 1, 8);
    const vectors = vectorsOf(clips, ({ emotion }) => [emotion]);
    expect(demonstrateLeakage(clips, vectors).map(({ apart }) => apart)).not.toContain("speakers");
  });

  it("shows what a random split hides where each voice has signs of its own", () => {
    const clips = clipsOf("a", 8, 8);
    const vectors = vectorsOf(clips, ({ speaker, emotion }) => [`${speaker} ${emotion}`]);
    const leaks = demonstrateLeakage(clips, vectors);
    const [random, sentences, speakers] = leaks.map(({ uar }) => uar.value);
    expect(random).toBe(1);
    expect(sentences).toBe(1);
    expect(speakers).toBeLessThan(0.8);
    expect(leaks.map(({ change }) => change?.value)).toEqual([undefined, 0, speakers! - 1]);
    expect(leaks[2]!.change!.clip[1]).toBeLessThan(0);
    expect(leaks.every(({ penalty }) => [0.01, 0.1, 1].includes(penalty))).toBe(true);
    expect(demonstrateLeakage(clips, vectors)).toEqual(demonstrateLeakage(clips, vectors));
  });
});
