import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveWeb } from "../../scripts/web/serve.mjs";
import { pageToken } from "../../scripts/web/token.mjs";
import { get, isReached } from "../reaches.js";
import { temporaryFolder } from "../temporary-folder.js";

describe("npm run web", () => {
  const root = temporaryFolder("web");
  const token = "a-token-of-this-test";
  let served: Awaited<ReturnType<typeof serveWeb>>;

  beforeAll(async () => {
    const folder = join(root, "built");
    mkdirSync(folder);
    writeFileSync(join(folder, "index.html"), "<!doctype html><title>page</title>");
    writeFileSync(join(root, "secret.txt"), "not of the page");
    served = await serveWeb(folder, 0, token);
  });

  afterAll(() => served.close());

  it("listens on this machine alone", async () => {
    const port = Number(new URL(served.url).port);
    expect(await isReached("127.0.0.1", port)).toBe(true);
    expect(await isReached("127.0.0.2", port)).toBe(false);
  });

  it("gives nothing without the token in its address, and does not tell it", async () => {
    const { origin } = new URL(served.url);
    for (const path of [
      "/",
      "/index.html",
      `/${token}`,
      `/${token}x/`,
      `/${token.slice(1)}/`,
      `//${token}/`,
    ]) {
      const response = await fetch(origin + path, { redirect: "manual" });
      expect(response.status, path).toBe(404);
      expect(await response.text()).not.toContain(token);
    }
  });

  it("keeps one token in the store, that nobody guesses and only its owner reads", () => {
    const file = join(root, "setup", "web-token");
    const first = pageToken(file);
    expect(first).toMatch(/^[\w-]{32}$/);
    expect(pageToken(file)).toBe(first);
    expect(statSync(file).mode & 0o077).toBe(0);
    writeFileSync(file, "guess");
    expect(pageToken(file)).not.toBe("guess");
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
