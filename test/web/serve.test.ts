import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveWeb } from "../../scripts/web/serve.mjs";
import { get, isReached } from "../reaches.js";
import { temporaryFolder } from "../temporary-folder.js";

describe("npm run web", () => {
  const root = temporaryFolder("web");
  let served: Awaited<ReturnType<typeof serveWeb>>;

  beforeAll(async () => {
    const folder = join(root, "built");
    mkdirSync(folder);
    writeFileSync(join(folder, "index.html"), "<!doctype html><title>page</title>");
    writeFileSync(join(root, "secret.txt"), "not of the page");
    served = await serveWeb(folder, 0);
  });

  afterAll(() => served.close());

  it("listens on this machine alone", async () => {
    const port = Number(new URL(served.url).port);
    expect(await isReached("127.0.0.1", port)).toBe(true);
    expect(await isReached("127.0.0.2", port)).toBe(false);
  });

  it("gives what a browser may do with each file, and lets no other site read it", async () => {
    const { status, headers } = await get(served.url, { origin: "http://evil.example" });
    expect(status).toBe(200);
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("answers no name that was made to point here (DNS rebinding)", async () => {
    expect((await get(served.url, { host: "evil.example" })).status).toBe(403);
    expect((await get(served.url, { host: "localhost:4173" })).status).toBe(200);
  });

  it.each(["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//etc/passwd", "/@fs/etc/passwd"])(
    "gives nothing from beside the page: %s",
    async (path) => {
      const body = await (await fetch(served.url + path.slice(1))).text();
      expect(body).not.toMatch(/not of the page|root:/);
    },
  );
});
