// The service under fuzz: raw requests, and streams with any query and any message.
import { connect } from "node:net";
import WebSocket from "ws";
import { compiled } from "../../benchmark/compiled.mjs";
import { places } from "../../setup/places.mjs";

const separator = Buffer.from("\n\n");

/** @returns {Promise<import("./targets.mjs").Fuzzed>} */
export async function openService() {
  /** @type {typeof import("../../../src/service/server.js")} */
  const { defaultLimits, startService } = compiled("service/server");
  const { encodeWav } = compiled("audio/encode-wav");
  const service = await startService({
    ...{ model: "lstm", root: places.root, host: "127.0.0.1", port: 0, token: null, version: "0.0.0" },
    limits: { ...defaultLimits, bodyBytes: 2 ** 20, maxSeconds: 20 },
  });
  const { port } = new URL(service.url);
  const wav = Buffer.from(
    encodeWav(
      Float32Array.from({ length: 8000 }, (_, i) => Math.sin(i / 9)),
      16_000,
    ),
  );
  const head = (/** @type {string} */ first, /** @type {string[]} */ ...headers) =>
    Buffer.from([`H${first}`, "Host: 127.0.0.1", ...headers, "", ""].join("\n"));
  const stream = (/** @type {string} */ query) =>
    Buffer.concat([Buffer.from(`S/v1/stream?${query}\n\n`), wav.subarray(44)]);
  return {
    seeds: [
      Buffer.concat([
        head("POST /v1/predictions?name=a.wav&hop=0.5 HTTP/1.1", `Content-Length: ${wav.length}`),
        wav,
      ]),
      Buffer.concat([
        head("POST /v1/predictions HTTP/1.1", "Content-Type: multipart/form-data", "Content-Length: 4"),
        Buffer.from("abcd"),
      ]),
      head("GET /health HTTP/1.1"),
      head("GET /metrics HTTP/1.1", "Origin: http://127.0.0.1"),
      head("GET /openapi.json HTTP/1.1"),
      stream("format=s16le&rate=16000&channels=1&hop=0.5&live=false"),
      stream("format=f32le&rate=48000&channels=2"),
    ].map((bytes) => new Uint8Array(bytes)),
    async run(bytes) {
      const input = Buffer.from(bytes);
      const cut = input.indexOf(separator);
      const [first, rest] =
        cut < 0 ? [input, Buffer.alloc(0)] : [input.subarray(0, cut), input.subarray(cut + 2)];
      if (first[0] === 83)
        await openStream(`ws://127.0.0.1:${port}${safePath(first.subarray(1).toString("latin1"))}`, rest);
      else await sendRaw(Number(port), first.subarray(1), rest);
    },
  };
}

/** @param {string} path */
const safePath = (path) => (path.startsWith("/") ? encodeURI(path).replaceAll("#", "%23") : "/v1/stream");

/**
 * Sends a request as it is; throws when the service fails inside (500), or is not there any more.
 * @param {number} port
 * @param {Buffer} head
 * @param {Buffer} body
 */
async function sendRaw(port, head, body) {
  const answer = await new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(
        Buffer.from(
          `${head.toString("latin1").replaceAll("\n", "\r\n")}\r\nConnection: close\r\n\r\n`,
          "latin1",
        ),
      );
      socket.end(body);
    });
    socket.setTimeout(5000, () => socket.destroy());
    socket.on("data", (piece) => {
      text += piece.toString("latin1", 0, 100);
    });
    socket.on("error", (/** @type {NodeJS.ErrnoException} */ error) =>
      error.code === "ECONNREFUSED" ? reject(error) : resolve(text),
    );
    socket.on("close", () => resolve(text));
  });
  if (/^HTTP\/1\.1 500/.test(answer)) throw new Error(`the service answered ${answer.slice(0, 200)}`);
}

/**
 * @param {string} url
 * @param {Buffer} message
 */
function openStream(url, message) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const timer = setTimeout(() => socket.terminate(), 3000);
    socket.on("open", () => {
      for (let at = 0; at < Math.min(message.length, 300_000); at += 30_000)
        socket.send(message.subarray(at, at + 30_000));
      socket.send('{"type":"end"}');
    });
    let failure = "";
    socket.on("message", (data) => {
      const { type, status, detail } = JSON.parse(String(data));
      if (type === "problem" && status === 500) failure = detail; // any other problem is a refusal
    });
    socket.on("error", (error) =>
      /ECONNREFUSED|response: 500/.test(error.message) ? reject(error) : undefined,
    );
    socket.on("close", (code) => {
      clearTimeout(timer);
      if (failure !== "") reject(new Error(`the stream ended with ${code}: ${failure}`));
      else resolve(undefined);
    });
  });
}
