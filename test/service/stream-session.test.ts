import { describe, expect, it } from "vitest";
import { openStreamSession, type StreamAnswer } from "../../src/service/stream-session.js";

const facts = { name: "any", protocol: "combined", labels: ["calm", "angry"], windowSamples: 32_000 };
const heard = { probabilities: [0.7, 0.3], calibrated: [0.6, 0.4] };

describe("a stream that is answered while it goes on", () => {
  it("answers every hop when the source waits, the end too", async () => {
    const answers: StreamAnswer[] = [];
    const session = openStreamSession({
      ...{ facts, hopSeconds: 0.5, isLive: false, onAnswer: (answer) => answers.push(answer) },
      hearWindow: async () => heard,
    });
    await session.write(new Float32Array(44_100 * 2), 44_100);
    const summary = await session.end();
    session.close();
    expect(answers.map(({ end }) => end)).toEqual([0.5, 1, 1.5, 2]);
    expect(summary).toMatchObject({ seconds: 2, answers: 4, skipped: 0, dropped: 0 });
  });

  it.each([
    [3.737, 7, 0.237],
    [0.244, 0, 0.244],
    [3.75, 8, 0],
    [0, 0, 0],
  ])(
    "of %d s gives %d answers, and counts the end that is too short for one as dropped: %d s",
    async (...given) => {
      const [seconds, answers, dropped] = given;
      const session = openStreamSession({
        ...{ facts, hopSeconds: 0.5, isLive: false, onAnswer: () => {}, hearWindow: async () => heard },
      });
      await session.write(new Float32Array(seconds * 16_000), 16_000);
      const summary = await session.end();
      session.close();
      expect(summary).toMatchObject({ seconds, answers });
      expect(summary.dropped).toBeCloseTo(dropped, 9);
    },
  );

  it("skips answers of a live source that the model is too slow for, and counts sound that nobody heard", async () => {
    const answers: StreamAnswer[] = [];
    let [nowMs, release] = [0, () => {}];
    const session = openStreamSession({
      ...{ facts, hopSeconds: 0.5, isLive: true, onAnswer: (answer) => answers.push(answer) },
      hearWindow: () => new Promise((resolve) => (release = () => resolve(heard))),
      now: () => nowMs,
    });
    const writeHalfSecond = () => session.write(new Float32Array(8_000), 16_000);
    await writeHalfSecond(); // 0.5 s is heard now
    for (let i = 0; i < 7; i++) await writeHalfSecond(); // 1.0 to 3.5 s are skipped, 4.0 s waits
    nowMs = 2_000;
    release();
    await expect.poll(() => answers.length).toBe(1);
    release();
    await expect.poll(() => answers.length).toBe(2);
    expect(answers.map(({ end, behind }) => [end, behind])).toEqual([
      [0.5, 2],
      [4, 2],
    ]);
    // The window of 2 s that ends at 4 s begins at 2 s; from 0.5 s to there nobody heard.
    expect(answers[1]!.dropped).toBe(1.5);
    expect(await session.end()).toMatchObject({ answers: 2, skipped: 6, dropped: 1.5, mostBehind: 2 });
    session.close();
  });

  it("takes four minutes at once window by window, and lets others have their turn between", async () => {
    const bytes = () => process.memoryUsage().arrayBuffers;
    let [before, most, turns, isDone] = [0, 0, 0, false];
    const session = openStreamSession({
      ...{ facts, hopSeconds: 0.1, isLive: false, onAnswer: () => {} },
      hearWindow: async () => {
        most = Math.max(most, bytes() - before);
        return heard;
      },
    });
    const sound = new Float32Array(240 * 4_000);
    await session.write(sound.subarray(0, 4_000), 4_000);
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    before = bytes();
    await session.write(sound, 4_000);
    isDone = true;
    expect(await session.end()).toMatchObject({ seconds: 241, answers: 2_410, skipped: 0, dropped: 0 });
    session.close();
    expect(turns).toBeGreaterThan(2_000);
    // 2,400 windows of 2 s are 307 MB; a few are here until their memory is collected.
    expect(most / 1e6).toBeLessThan(200);
  });

  it("tells a failure at the next write", async () => {
    const session = openStreamSession({
      ...{ facts, hopSeconds: 0.5, isLive: true, onAnswer: () => {} },
      hearWindow: () => Promise.reject(new Error("no number")),
    });
    await session.write(new Float32Array(8_000), 16_000);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(session.write(new Float32Array(8_000), 16_000)).rejects.toThrow("no number");
    session.close();
  });

  it("keeps its memory over ten minutes of another rate", async () => {
    let answers = 0;
    const session = openStreamSession({
      ...{ facts, hopSeconds: 0.5, isLive: false, hearWindow: async () => heard },
      onAnswer: () => answers++,
    });
    const second = Float32Array.from({ length: 8_000 }, (_, i) => Math.sin(i / 9));
    const memory = () => process.memoryUsage().rss / 2 ** 20;
    for (let i = 0; i < 120; i++) await session.write(second, 8_000);
    const before = memory();
    for (let i = 0; i < 480; i++) await session.write(second, 8_000);
    const after = memory();
    session.close();
    expect(answers).toBeGreaterThanOrEqual(1_199);
    // What was heard in those 8 minutes would be 29 MiB of samples and 117 MiB of windows.
    expect(after - before).toBeLessThan(60);
  });
});
