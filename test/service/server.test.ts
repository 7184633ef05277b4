import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import WebSocket from "ws";
import { decodeAudio } from "../../src/audio/decode.js";
import { packageRoot } from "../../src/core/settings.js";
import { recordingJson } from "../../src/inference/answer-json.js";
import { loadPredictor } from "../../src/inference/load-predictor.js";
import { loadVoiceActivity } from "../../src/inference/load-voice-activity.js";
import { type Predictor, predictRecording, windowSamples } from "../../src/inference/predict.js";
import { speechIn } from "../../src/inference/speech-segments.js";
import { answerRecording } from "../../src/inference/timeline.js";
import { defaultLimits, type Service, type ServiceOptions, startService } from "../../src/service/server.js";
import { goldens } from "../audio/tones.js";
import { as16Bits, hum, pcmOf, wavOf } from "./recordings.js";

const token = "a-token-of-this-test";
const options: ServiceOptions = {
  ...{ model: "resnet", root: packageRoot, host: "127.0.0.1", port: 0, token, version: "0.0.0" },
  limits: { ...defaultLimits, bodyBytes: 2 ** 20, maxSeconds: 20, mostStreams: 2, mostWaiting: 2 },
};
let service: Service;
let predictor: Predictor & { card: { name: string } };

beforeAll(async () => {
  service = await startService(options);
  predictor = await loadPredictor({ model: "resnet" });
});
afterAll(() => service.stop());

/** A short FLAC that says of itself to be three days long. */
function threeDays(): Uint8Array {
  const liar = new Uint8Array(readFileSync(join(goldens, "sine.flac.bin")));
  new DataView(liar.buffer).setUint32(22, 0xfffffff0, false);
  return liar;
}

const headers = { authorization: `Bearer ${token}` };
const post = (body: BodyInit, query = "", more: Record<string, string> = {}) =>
  fetch(`${service.url}/v1/predictions${query}`, { method: "POST", body, headers: { ...headers, ...more } });
const problemIn = async (response: Response) => {
  expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as { status: number; detail: string; title: string };
  expect(problem.status).toBe(response.status);
  return problem;
};

describe("POST /v1/predictions", () => {
  it("answers as predict does, short or long, under the name that the client gave", async () => {
    const activity = await loadVoiceActivity();
    for (const seconds of [1, 7]) {
      const body = wavOf(hum(seconds));
      const response = await post(new Uint8Array(body), "?name=my%20clip.wav");
      expect(response.status).toBe(200);
      const wave = await decodeAudio(new Uint8Array(body), "clip");
      const expected = recordingJson(
        answerRecording(predictor, wave, speechIn(activity, wave.samples)),
        "my clip.wav",
        predictor.card,
      );
      const answer = (await response.json()) as typeof expected;
      expect(Object.keys(answer)).toEqual(Object.keys(expected));
      expect(answer.timeline).toHaveLength(expected.timeline.length);
      expect(answer).toMatchObject({ file: "my clip.wav", emotion: expected.emotion, duration: seconds });
      for (const [label, value] of Object.entries(expected.probabilities)) {
        expect(answer.probabilities[label]).toBeCloseTo(value, 4);
      }
    }
  });

  it("never gives a path or a steering character back", async () => {
    const name = encodeURIComponent("../../etc/\u001b[31mpass<b>wd\u202e.wav");
    const answer = (await (await post(new Uint8Array(wavOf(hum(1))), `?name=${name}`)).json()) as {
      file: string;
    };
    expect(answer.file).toBe("\ufffd[31mpass<b>wd\ufffd.wav");
  });

  it.each([
    ["what is no audio", "these are words, and no sound at all", 415, /is no audio/],
    ["nothing", "", 400, /body is empty/],
    ["a truncated recording", new Uint8Array(wavOf(hum(1))).subarray(0, 9_000), 422, /truncated.*again/],
    ["too many bytes", new Uint8Array(2 ** 20 + 1), 413, /1\.0 MiB.*Cut it/],
    ["too many seconds", new Uint8Array(wavOf(hum(20.5))), 413, /2[01] s long.*at most 20 s/],
    ["what declares too many seconds", threeDays(), 413, /holds 268435 s of sound.*Cut it/],
  ])("refuses %s with the remedy", async (_name, body, status, detail) => {
    const response = await post(body as BodyInit);
    expect(response.status).toBe(status);
    expect((await problemIn(response)).detail).toMatch(detail);
  });

  it("knows a damaged recording from what is none, whatever it is called", async () => {
    const cutOff = new Uint8Array(wavOf(hum(1))).subarray(0, 9_000);
    const name = encodeURIComponent("this is no audio.wav");
    expect((await post(cutOff, `?name=${name}`)).status).toBe(422);
  });

  it("refuses a form, a wrong query and what is not there", async () => {
    const form = new FormData();
    form.set("file", new Blob(["x"]), "x.wav");
    const asForm = await post(form);
    expect(asForm.status).toBe(415);
    expect((await problemIn(asForm)).detail).toContain("--data-binary");
    for (const query of ["?hop=0", "?hop=1e999"]) {
      const wrong = await post(new Uint8Array(wavOf(hum(1))), query);
      expect(wrong.status).toBe(400);
      expect((await problemIn(wrong)).detail).toMatch(/hop/);
    }
    const nowhere = await fetch(`${service.url}/v2/x?secret=1`, { headers });
    expect(nowhere.status).toBe(404);
    expect((await problemIn(nowhere)).detail).toBe("There is no GET /v2/x. See /openapi.json.");
  });

  it("refuses more than may wait with 429, and answers the others", async () => {
    const body = new Uint8Array(wavOf(hum(4)));
    const responses = await Promise.all(Array.from({ length: 8 }, () => post(body)));
    const statuses = responses.map(({ status }) => status);
    const busy = responses.filter(({ status }) => status === 429);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(3);
    expect(busy.every((response) => response.headers.get("retry-after") === "1")).toBe(true);
    expect((await post(new Uint8Array(wavOf(hum(1))))).status).toBe(200);
  });
});

describe("who may ask", () => {
  /** A request whose Host and Origin are free to choose. */
  const ask = (path: string, given: Record<string, string>, method = "GET"): Promise<number> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(service.url);
      const asked = request({ host: "127.0.0.1", port, path, method, headers: given }, (response) => {
        response.resume();
        resolve(response.statusCode!);
      });
      asked.on("error", reject).end();
    });

  it("needs the token, but for /health", async () => {
    const open = await fetch(`${service.url}/health`);
    expect(open.status).toBe(200);
    expect(await open.json()).toMatchObject({ status: "ok", model: { name: "resnet", windowSeconds: 2.56 } });
    for (const authorization of ["", "Bearer wrong", `Basic ${token}`, token]) {
      const response = await fetch(`${service.url}/metrics`, { headers: { authorization } });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
      expect((await problemIn(response)).detail).toContain("Authorization: Bearer");
    }
  });

  it.each([
    [{ host: "evil.example" }, 403],
    [{ host: "127.0.0.1.evil.example:8765" }, 403],
    [{ host: "localhost:8765" }, 200],
    [{ host: "[::1]:8765" }, 200],
    [{ host: "127.0.0.1", origin: "http://evil.example" }, 403],
    [{ host: "127.0.0.1", origin: "null" }, 403],
    [{ host: "127.0.0.1:1", origin: "http://127.0.0.1:1" }, 200],
  ])("answers %j with %i", async (given, status) => {
    expect(await ask("/health", given)).toBe(status);
  });

  it.each([
    ["no token", {}, 401],
    ["a wrong token", { authorization: "Bearer wrong" }, 401],
    ["a page of another site", { ...headers, origin: "http://evil.example" }, 403],
    ["a page of another port", { ...headers, origin: "http://127.0.0.1:1" }, 403],
    ["a name that was made to point here (DNS rebinding)", { ...headers, host: "evil.example" }, 403],
  ])("refuses a stream from %s before it opens, and a recording too", async (_name, given, status) => {
    const socket = new WebSocket(`${service.url.replace("http", "ws")}/v1/stream`, { headers: given });
    const opened = new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
    await expect(opened).rejects.toThrow(`${status}`);
    expect(await ask("/v1/predictions", given, "POST")).toBe(status);
  });

  it("refuses pages where no token is needed, too", async () => {
    const own = await startService({ ...options, token: null });
    try {
      const socketOf = (given: Record<string, string>) =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket(`${own.url.replace("http", "ws")}/v1/stream`, { headers: given });
          socket.on("open", () => resolve(socket.close())).on("error", reject);
        });
      await expect(socketOf({ origin: "http://evil.example" })).rejects.toThrow("403");
      await expect(socketOf({ host: "evil.example" })).rejects.toThrow("403");
      await socketOf({});
    } finally {
      await own.stop();
    }
  });

  it("gives a browser nothing to show or to embed", async () => {
    for (const path of ["/health", "/metrics", "/nowhere"]) {
      const { headers: told } = await fetch(`${service.url}${path}`, { headers });
      expect(told.get("x-content-type-options")).toBe("nosniff");
      expect(told.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(told.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(told.get("access-control-allow-origin")).toBeNull();
      expect(told.get("cache-control")).toBe("no-store");
    }
  });

  it("is never everybody in the network", async () => {
    await expect(startService({ ...options, host: "0.0.0.0", token: null })).rejects.toThrow(
      /Without a token/,
    );
  });
});

describe("what can be looked at", () => {
  it("has counters for Prometheus", async () => {
    const text = await (await fetch(`${service.url}/metrics`, { headers })).text();
    expect(text).toMatch(/affectlab_requests_total\{route="\/v1\/predictions",status="200"\} \d+/);
    expect(text).toMatch(/affectlab_answers_total\{kind="recording"\} \d+/);
    expect(text).toContain("affectlab_waiting 0");
    expect(text).not.toContain("secret");
  });

  it("has a valid OpenAPI description of every route", async () => {
    const description = (await (await fetch(`${service.url}/openapi.json`, { headers })).json()) as {
      paths: Record<string, { post?: { requestBody?: object } }>;
    };
    const { valid, errors } = await new Validator().validate(description);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(Object.keys(description.paths).sort()).toEqual([
      "/health",
      "/metrics",
      "/v1/predictions",
      "/v1/stream",
    ]);
    expect(description.paths["/v1/predictions"]!.post!.requestBody).toBeDefined();
  });
});

type Message = Record<string, unknown> & { type: string; end: number; start: number };

/** Sends samples and the end; gives every message and the close code. */
function stream(
  query: string,
  pieces: readonly (Buffer | string)[],
): Promise<{ told: Message[]; code: number }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${service.url.replace("http", "ws")}/v1/stream?${query}`, { headers });
    const told: Message[] = [];
    socket.on("message", (data) => told.push(JSON.parse(String(data)) as Message));
    socket.on("open", () => {
      for (const piece of pieces) socket.send(piece);
    });
    socket.on("close", (code) => resolve({ told, code }));
    socket.on("error", reject);
  });
}

describe("the stream", () => {
  const end = JSON.stringify({ type: "end" });

  it("answers each window as predict does", async () => {
    const sound = hum(5, 2);
    const bytes = pcmOf(sound);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 9_999) }, (_, i) =>
      bytes.subarray(i * 9_999, (i + 1) * 9_999),
    );
    const { told, code } = await stream("live=false&hop=0.5", [...pieces, end]);
    expect(code).toBe(1000);
    const answers = told.filter(({ type }) => type === "answer");
    expect(answers.map((answer) => answer.end)).toEqual([0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]);
    expect(told.at(-1)).toMatchObject({ type: "summary", seconds: 5, answers: 10, skipped: 0, dropped: 0 });
    // The first answer has none before it to be smoothed by.
    const heard = as16Bits(sound).subarray(0, 8_000);
    const expected = predictRecording(predictor, { samples: heard, sampleRate: 16_000 });
    const first = answers[0]!.probabilities as Record<string, number>;
    expected.probabilities.forEach((value, i) => {
      expect(first[predictor.card.labels[i]!]).toBeCloseTo(value, 4);
    });
    const last = answers.at(-1)!;
    expect(last.end - last.start).toBeCloseTo(windowSamples(predictor) / 16_000, 6);
  });

  it("takes other rates and formats, and a live one without waiting", async () => {
    const samples = Float32Array.from(
      { length: 2 * 24_000 * 3 },
      (_, i) => 0.3 * Math.sin(Math.floor(i / 2) / 20),
    );
    const { told, code } = await stream("rate=24000&channels=2&format=f32le", [
      Buffer.from(samples.buffer),
      end,
    ]);
    expect(code).toBe(1000);
    const summary = told.at(-1)!;
    expect(summary).toMatchObject({ type: "summary", dropped: 0 });
    expect(summary.seconds).toBeCloseTo(3, 2);
    // All three seconds come at once: the first window is heard, and the newest; of those between, what the model manages.
    expect(Number(summary.answers) + Number(summary.skipped)).toBe(6);
    expect(summary.answers).toBeGreaterThan(1);
    expect(told.at(-2)!.end).toBeCloseTo(3, 2);
  });

  it("says what was wrong before it closes", async () => {
    const { told, code } = await stream("", ["hello"]);
    expect(code).toBe(1011);
    expect(told).toEqual([
      expect.objectContaining({ type: "problem", status: 400, detail: expect.stringMatching(/binary/) }),
    ]);
  });

  it("is refused before it opens: a wrong query, no token, too many", async () => {
    await expect(stream("format=mp9", [])).rejects.toThrow("400");
    await expect(stream("rate=1", [])).rejects.toThrow("400");
    await expect(stream("hop=1e999", [])).rejects.toThrow("400");
    const plain = await fetch(`${service.url}/v1/stream`, { headers });
    expect(plain.status).toBe(426);
    const open = await Promise.all(
      [1, 2].map(
        () =>
          new Promise<WebSocket>((resolve, reject) => {
            const socket = new WebSocket(`${service.url.replace("http", "ws")}/v1/stream`, { headers });
            socket.on("open", () => resolve(socket)).on("error", reject);
          }),
      ),
    );
    await expect(stream("", [])).rejects.toThrow("429");
    for (const socket of open) socket.close();
    await Promise.all(open.map((socket) => new Promise((resolve) => socket.on("close", resolve))));
    expect((await stream("", [end])).code).toBe(1000);
  });
});

describe("a graceful stop", () => {
  it("answers what was accepted, tells streams how they went, refuses what is new", async () => {
    const own = await startService({ ...options, limits: { ...options.limits, mostWaiting: 8 } });
    const body = new Uint8Array(wavOf(hum(6)));
    const ask = () => fetch(`${own.url}/v1/predictions`, { method: "POST", headers, body });
    const isAccepted = async () => {
      const { waiting, running } = (await (await fetch(`${own.url}/health`)).json()) as Record<
        string,
        number
      >;
      return waiting! + running! >= 3;
    };
    const socket = new WebSocket(`${own.url.replace("http", "ws")}/v1/stream?live=false`, { headers });
    const told: Message[] = [];
    socket.on("message", (data) => told.push(JSON.parse(String(data)) as Message));
    const closed = new Promise<number>((resolve) => socket.on("close", resolve));
    await new Promise((resolve) => socket.on("open", resolve));
    socket.send(pcmOf(hum(3)));
    const asked = Array.from({ length: 3 }, ask);
    await vi.waitUntil(isAccepted, { timeout: 20_000, interval: 5 });
    const stopped = own.stop();
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    // Else connections that clients keep open would hold up the end.
    expect(answers.map((answer) => answer.headers.get("connection"))).toEqual(["close", "close", "close"]);
    expect(await closed).toBe(1001);
    expect(told.at(-1)).toMatchObject({ type: "summary", answers: 6, dropped: 0 });
    await stopped;
    await expect(fetch(`${own.url}/health`)).rejects.toThrow();
  });
});
