import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { filesBelow } from "./folder-content.mjs";
import { lastLine } from "./kills.mjs";
import { watchMemory } from "./memory.mjs";
import { check, Skipped } from "./part.mjs";
import { start } from "./product.mjs";

/** 100 ms of 16-bit samples at 16 kHz. */
const pieceBytes = 3200;
const hopSeconds = 0.5;
/** Answers that may be on their way when SIGTERM comes. */
const mostPending = 2;

/** @type {import("./part.mjs").Part} */
export const listenLong = {
  name: "listen",
  title: "Listening for a long time",
  promise: "`listen` answers as long as sound comes, memory stays flat, and SIGTERM ends it with a summary.",
  async run({ laboratory, amounts, note }) {
    if (process.platform !== "linux") throw new Skipped("memory is read from /proc");
    const place = laboratory.newWorkplace("listen", {
      models: ["resnet", "voice-activity"],
      withSample: false,
    });
    const sound = Buffer.concat(
      filesBelow(join(laboratory.sample, "crema-d"))
        .filter((name) => name.endsWith(".wav"))
        .map((name) => readFileSync(join(laboratory.sample, "crema-d", name)).subarray(44)),
    );
    const raw = ["--format", "s16le", "--rate", "16000", "--live", "--hop", String(hopSeconds), "--json"];
    const listening = start(place, ["listen", "-", "--model", "resnet", ...raw]);
    const memory = watchMemory(listening.child.pid ?? 0, amounts.listenSeconds);
    const began = Date.now();
    for (let piece = 0; piece < 10 * amounts.listenSeconds; piece++) {
      const at = (piece * pieceBytes) % (sound.length - pieceBytes);
      listening.child.stdin.write(sound.subarray(at, at + pieceBytes));
      await sleep(Math.max(0, began + 100 * (piece + 1) - Date.now()));
      if (piece % 100 === 0) note(`${piece / 10} of ${amounts.listenSeconds} s`);
      if (listening.child.exitCode !== null) break;
    }
    const { flat, figures } = memory.stop();
    listening.child.kill("SIGTERM");
    const { code, stdout, stderr } = await listening.ended;
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const answers = lines.filter(({ emotion }) => emotion !== undefined);
    const behind = answers.map((one) => one.behind).sort((a, b) => a - b);
    const skipped = lines.at(-1)?.skipped ?? 0;
    const expected = amounts.listenSeconds / hopSeconds;
    return {
      checks: [
        check("it ended with exit code 0", code === 0, `exit code ${code}: ${lastLine(stderr)}`),
        check(
          "answers came until the end",
          (answers.at(-1)?.end ?? 0) > amounts.listenSeconds - 15,
          `the last at ${answers.at(-1)?.end} s`,
        ),
        check(
          "every answer was given or counted as skipped",
          answers.length + skipped >= expected - mostPending,
          `${answers.length} answers, ${skipped} skipped, about ${expected} due`,
        ),
        flat,
      ],
      notes: [
        `${amounts.listenSeconds} s of sound in real time, ${answers.length} answers, ${skipped} skipped.`,
        `An answer came ${at(behind, 0.5)} s after its last sound (median), ${at(behind, 0.99)} s (99th percentile).`,
        `Memory: ${figures}.`,
      ],
    };
  },
};

/**
 * @param {readonly number[]} sorted
 * @param {number} share
 */
const at = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(2);
