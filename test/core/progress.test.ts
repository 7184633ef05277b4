import { describe, expect, it } from "vitest";
import { formatSeconds, type ProgressState, trackProgress } from "../../src/core/progress.js";
import { listenForStop } from "../../src/core/stop-signal.js";

describe("progress", () => {
  it("tells how fast it goes and how long it still takes", () => {
    let now = 1000;
    const states: ProgressState[] = [];
    const progress = trackProgress(
      "featurise",
      10,
      (state) => states.push(state),
      () => now,
    );
    progress.advance(0);
    now += 2000;
    progress.advance(4, "clip 4");
    expect(states[0]).toMatchObject({ done: 0, rate: 0, etaSeconds: 0 });
    expect(states[1]).toEqual({
      task: "featurise",
      done: 4,
      total: 10,
      rate: 2,
      etaSeconds: 3,
      note: "clip 4",
    });
  });

  it.each([
    [0, "0 s"],
    [59.4, "59 s"],
    [59.6, "1 min 00 s"],
    [185, "3 min 05 s"],
    [4020, "1 h 07 min"],
  ])("says %d seconds as %s", (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});

describe("a stop signal", () => {
  it("is set by a signal, once, and lets go of it when released", () => {
    const listeners = process.listenerCount("SIGTERM");
    const stop = listenForStop(["SIGTERM"]);
    expect(stop.requested).toBe(false);
    process.emit("SIGTERM", "SIGTERM");
    expect(stop.requested).toBe(true);
    stop.release();
    expect(process.listenerCount("SIGTERM")).toBe(listeners);
  });
});
