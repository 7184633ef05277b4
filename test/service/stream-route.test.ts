import { setTimeout as sleep } from "node:timers/promises";
import websocket from "@fastify/websocket";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { loadVoiceActivity } from "../../src/inference/load-voice-activity.js";
import { openMetrics } from "../../src/service/metrics.js";
import { type PredictionWorkers, TaskRefusedError } from "../../src/service/prediction-workers.js";
import { addStreamRoute } from "../../src/service/stream-route.js";

const facts = { name: "any", protocol: "combined", labels: ["calm", "angry"], windowSamples: 32_000 };
const heard = { probabilities: [0.7, 0.3], calibrated: [0.6, 0.4] };
const halfSecond = Buffer.alloc(16_000);
const end = JSON.stringify({ type: "end" });
let app: FastifyInstance;

afterEach(() => app.close());

type Message = Record<string, unknown> & { type: string };

/** Opens a stream of a service whose model is `run`; gives its socket, and what was told when it is closed. */
async function openStream(query: string, run: () => Promise<unknown>, idleMs: number) {
  const state = { waiting: 0, running: 0, restarts: 0 };
  const workers: PredictionWorkers = { facts, state, run: run as PredictionWorkers["run"], close: () => {} };
  app = fastify();
  await app.register(websocket, { options: { maxPayload: 2 ** 20 } });
  const metrics = openMetrics(() => ({ ...state, streams: 0 }));
  const activity = await loadVoiceActivity();
  addStreamRoute(app, { ...{ workers, metrics, activity, mostStreams: 1 }, limitMs: 30_000, idleMs });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/stream?${query}`);
  const told: Message[] = [];
  socket.on("message", (data) => told.push(JSON.parse(String(data)) as Message));
  const closed = new Promise<{ code: number; told: Message[] }>((resolve) =>
    socket.on("close", (code) => resolve({ code, told })),
  );
  await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
  return { socket, closed };
}

describe("a stream's silence", () => {
  it("is the client's, not that of a service which computes longer than a client may be silent", async () => {
    const { socket, closed } = await openStream("live=false", () => sleep(900).then(() => heard), 600);
    socket.send(halfSecond);
    await sleep(50);
    socket.send(end);
    const { code, told } = await closed;
    expect(told.map(({ type }) => type)).toEqual(["answer", "summary"]);
    expect(code).toBe(1000);
  });

  it("closes the stream when nothing comes after the last answer", async () => {
    const { socket, closed } = await openStream("live=false", async () => heard, 300);
    socket.send(halfSecond);
    const { code, told } = await closed;
    expect(told).toMatchObject([{ type: "answer" }, { type: "problem", status: 408 }]);
    expect(code).toBe(1011);
  });
});

describe("a window that no worker had time for", () => {
  /** A model that is late for the first two windows. */
  const lateTwice = () => {
    let asked = 0;
    return async () => {
      if (++asked <= 2) throw new TaskRefusedError("late", "No answer was found within 30 s.");
      return heard;
    };
  };

  it("is skipped by a live stream, which goes on and counts what nobody heard", async () => {
    const { socket, closed } = await openStream("live=true&hop=2", lateTwice(), 60_000);
    for (let i = 0; i < 3; i++) {
      for (let k = 0; k < 4; k++) socket.send(halfSecond);
      await sleep(200);
    }
    socket.send(end);
    const { code, told } = await closed;
    expect(told).toMatchObject([
      { type: "answer", start: 4, end: 6, dropped: 4 },
      { type: "summary", answers: 1, skipped: 2, dropped: 4 },
    ]);
    expect(code).toBe(1000);
  });

  it("fails a stream that leaves no answer out", async () => {
    const { socket, closed } = await openStream("live=false", lateTwice(), 60_000);
    socket.send(halfSecond);
    const { code, told } = await closed;
    expect(told).toMatchObject([{ type: "problem", status: 503 }]);
    expect(code).toBe(1011);
  });
});
