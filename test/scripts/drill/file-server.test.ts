import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveFolder } from "../../../scripts/drill/file-server.mjs";
import { isReached } from "../../reaches.js";
import { temporaryFolder } from "../../temporary-folder.js";

describe("the drill's publisher", () => {
  const root = temporaryFolder("publisher");
  let server: Awaited<ReturnType<typeof serveFolder>>;

  beforeAll(async () => {
    const folder = join(root, "published");
    mkdirSync(folder);
    writeFileSync(join(folder, "speech.zip"), "0123456789");
    writeFileSync(join(root, "secret.txt"), "not published");
    server = await serveFolder(folder, { pieceBytes: 4, pauseMs: 0 });
  });

  afterAll(() => server.close());

  it("gives a file, and the rest of one", async () => {
    expect(await (await fetch(`${server.url}speech.zip`)).text()).toBe("0123456789");
    const rest = await fetch(`${server.url}speech.zip`, { headers: { range: "bytes=7-" } });
    expect(rest.status).toBe(206);
    expect(await rest.text()).toBe("789");
  });

  it("listens on this machine alone, and gives nothing to who does not know its path", async () => {
    const { origin, port, pathname } = new URL(server.url);
    expect(pathname).toMatch(/^\/[\w-]{32}\/$/);
    expect(await isReached("127.0.0.2", Number(port))).toBe(false);
    for (const path of ["/speech.zip", `/${"x".repeat(32)}/speech.zip`])
      expect((await fetch(origin + path)).status, path).toBe(404);
  });

  it.each(["..%2fsecret.txt", "%2e%2e%2fsecret.txt", "..%2f..%2f..%2f..%2fetc%2fpasswd"])(
    "gives nothing from beside its folder: %s",
    async (path) => {
      expect((await fetch(server.url + path)).status).toBe(404);
    },
  );
});
