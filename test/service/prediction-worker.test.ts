import { expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import type { WorkerMessage } from "../../src/service/messages.js";
import { greet, startWorkerProcess } from "../../src/service/worker-process.js";
import { hum, wavOf } from "./recordings.js";

it("tells how many windows a recording holds before it hears them", async () => {
  const child = startWorkerProcess();
  await greet(child, { model: "lstm", root: packageRoot });
  const told: WorkerMessage[] = [];
  child.on("message", (message: WorkerMessage) => told.push(message));
  const bytes = new Uint8Array(wavOf(hum(7)));
  child.send({ kind: "recording", bytes, name: "clip", maxSeconds: 20, hopSeconds: 0.5 });
  await expect.poll(() => told.length, { timeout: 30_000 }).toBe(2);
  expect(told).toMatchObject([
    { kind: "decoded", windows: 14 },
    { kind: "answer", answer: { duration: 7 } },
  ]);
  child.kill();
});
