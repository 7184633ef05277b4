import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { packageRoot } from "../../src/core/settings.js";
import { defaultLimits, type Service, startService } from "../../src/service/server.js";
import { hum, pcmOf, wavOf } from "./recordings.js";

const token = "a-token-of-this-test";
const headers = { authorization: `Bearer ${token}` };
let service: Service;

beforeAll(async () => {
  service = await startService({
    ...{ model: "lstm", root: packageRoot, host: "127.0.0.1", port: 0, token, version: "0.0.0" },
    limits: { ...defaultLimits, bodyBytes: 2 ** 18, maxSeconds: 5, mostStreams: 4 },
  });
});
afterAll(() => service.stop());

/** What a number in a query may be given as. */
const number = fc.oneof(
  fc.constantFrom("0", "1", "0.5", "-1", "1e999", "NaN", "Infinity", "0x10", "", "1,2", "[]", "2"),
  fc.double().map(String),
  fc.integer().map(String),
);
const text = fc.string({ maxLength: 12, unit: "grapheme" });
const queryOf = (fields: Record<string, fc.Arbitrary<string>>) =>
  fc
    .record({ ...fields, other: text }, { requiredKeys: [] })
    .map((given) => String(new URLSearchParams(Object.entries(given) as [string, string][])));

const wav = wavOf(hum(1));
/** A recording of a second with a few bytes changed and perhaps its end cut off, or any bytes. */
const body = fc.oneof(
  fc
    .record({
      changes: fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 3 }),
      kept: fc.oneof(fc.constant(wav.length), fc.nat(wav.length)),
    })
    .map(({ changes, kept }) => {
      const bytes = Uint8Array.from(wav).slice(0, kept);
      for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
      return bytes;
    }),
  fc.uint8Array({ maxLength: 200 }),
);

/** Opens a stream, sends all of it and the end; gives the status that it was refused with, or what it was told. */
function stream(query: string, messages: readonly (Uint8Array | string)[]) {
  return new Promise<number | { type: string; status?: number }[]>((resolve) => {
    const socket = new WebSocket(`${service.url.replace("http", "ws")}/v1/stream?${query}`, { headers });
    const told: { type: string; status?: number }[] = [];
    socket.on("message", (data) => told.push(JSON.parse(String(data)) as (typeof told)[number]));
    socket.on("unexpected-response", (request, response) => {
      request.destroy();
      resolve(response.statusCode!);
    });
    socket.on("open", () => {
      for (const message of messages) socket.send(message);
      socket.send('{"type":"end"}');
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(told));
  });
}

describe("the service", () => {
  it("answers any recording and any query, or refuses it with a problem that is not its own", async () => {
    const query = queryOf({ name: text, hop: number });
    await fc.assert(
      fc.asyncProperty(query, body, fc.constantFrom("audio/wav", "text/plain", ""), async (...given) => {
        const [asked, bytes, type] = given;
        const response = await fetch(`${service.url}/v1/predictions?${asked}`, {
          ...{ method: "POST", body: new Uint8Array(bytes) },
          headers: { ...headers, ...(type !== "" && { "content-type": type }) },
        });
        const answer = (await response.json()) as { status?: number; probabilities?: object };
        expect([200, 400, 413, 415, 422]).toContain(response.status);
        if (response.status === 200) expect(Object.keys(answer.probabilities!).length).toBeGreaterThan(1);
        else expect(answer.status).toBe(response.status);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it("knows every path, or says that there is none", async () => {
    const path = fc.oneof(
      fc.webPath(),
      fc.constantFrom("/../etc/passwd", "/%2e%2e/x", "/%00", "/%", "//health"),
    );
    const method = fc.constantFrom("GET", "POST", "PUT", "DELETE", "OPTIONS");
    await fc.assert(
      fc.asyncProperty(path, method, async (where, how) => {
        const response = await fetch(service.url + where, { method: how, headers });
        await response.arrayBuffer();
        expect(response.status).toBeLessThan(500);
      }),
      { numRuns: 60 },
    );
  });

  it("ends a stream of any query and any messages with its summary, or with a problem of the client's", async () => {
    const query = queryOf({
      format: fc.oneof(fc.constantFrom("s16le", "f32le", "u8"), text),
      rate: fc.oneof(fc.constantFrom("16000", "8000", "192000"), number),
      channels: fc.oneof(fc.constantFrom("1", "2"), number),
      hop: number,
      live: fc.oneof(fc.constantFrom("true", "false"), text),
    });
    const message = fc.oneof(
      fc.constant(pcmOf(hum(0.5))),
      fc.uint8Array({ maxLength: 999 }),
      fc.string({ maxLength: 20 }),
      fc.json(),
    );
    await fc.assert(
      fc.asyncProperty(query, fc.array(message, { maxLength: 4 }), async (asked, messages) => {
        const told = await stream(asked, messages);
        if (typeof told === "number") expect(told).toBe(400);
        else {
          const last = told.at(-1)!;
          expect(["summary", "problem"]).toContain(last.type);
          if (last.type === "problem") expect(last.status).toBeLessThan(500);
        }
      }),
      { numRuns: 40 },
    );
    expect((await fetch(`${service.url}/health`)).status).toBe(200);
  }, 120_000);
});
