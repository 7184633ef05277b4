import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { sha256 } from "../../src/core/hash.js";
import { encodeSafetensors } from "../../src/core/safetensors.js";
import { hasWeights, readWeights } from "../../src/core/weights-store.js";
import { downloadWeights } from "../../src/training/download-weights.js";
import { serveFiles } from "../corpora/file-server.js";
import { temporaryFolder } from "../temporary-folder.js";

const arrays = [
  { name: "model.encoder.a", shape: [2, 60_000], values: new Float32Array(120_000).fill(0.25) },
  { name: "model.encoder.b", shape: [1], values: Float32Array.of(3) },
];
const others = [{ name: "model.decoder.a", shape: [1], values: Float32Array.of(1) }];
const model = encodeSafetensors({ arrays: [...arrays, ...others], metadata: {} });
const part = encodeSafetensors(
  { arrays, metadata: { format: "pt", source: "some/model encoder (MIT)" } },
  "F16",
);
const file = {
  name: "some-encoder.safetensors",
  sha256: sha256(part),
  origin: "It is made by a test.",
  partOf: { repository: "some/model", prefix: "model.encoder." },
};
const quick = { retries: 3, firstPauseMs: 5 };
let server: Awaited<ReturnType<typeof serveFiles>>;
const serve = async (bytes: Uint8Array) => {
  server = await serveFiles({ "/some/model/resolve/main/model.safetensors": bytes });
  return server.url;
};

afterEach(() => server.close());

describe("downloading weights", () => {
  it("takes them from the hub's model, over a connection that breaks, and keeps nothing else", async () => {
    const hub = await serve(model);
    Object.assign(server.behaviour, { cutAfter: 200_000, cuts: 1 });
    const home = temporaryFolder("weights");
    const told: string[] = [];
    await downloadWeights(file, { home, hub, listener: ({ task }) => void told.push(task), ...quick });
    expect(server.behaviour.requests.map(({ range }) => range)).toEqual([undefined, "bytes=200000-"]);
    expect((await readWeights(file, home)).get("model.encoder.b")!.values[0]).toBe(3);
    expect(existsSync(join(home, "downloads", "some--model"))).toBe(false);
    expect(new Set(told)).toEqual(new Set(["some/model"]));
  });

  it("refuses another model than the one that is meant, and one that the hub does not have", async () => {
    const hub = await serve(encodeSafetensors({ arrays: others, metadata: {} }));
    const home = temporaryFolder("weights");
    const fetching = downloadWeights(file, { home, hub, ...quick });
    await expect(fetching).rejects.toThrow(/is not the model that some-encoder.safetensors is part of/);
    const absent = { ...file, partOf: { ...file.partOf, repository: "nobody/nothing" } };
    await expect(downloadWeights(absent, { home, hub, ...quick })).rejects.toThrow(/404/);
    expect(await hasWeights(file, home)).toBe(false);
  });
});
