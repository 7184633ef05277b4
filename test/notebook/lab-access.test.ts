import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { get, isReached } from "../reaches.js";
import { type LabServer, startLab } from "./lab-server.js";
import { freshFolder } from "./tiny-notebook.js";

describe("npm run lab", () => {
  let lab: LabServer;
  let token: string;
  let origin: string;

  beforeAll(async () => {
    // Somebody's own configuration, for a server that the network may reach.
    const configuration = freshFolder();
    writeFileSync(
      join(configuration, "jupyter_server_config.json"),
      JSON.stringify({ ServerApp: { ip: "0.0.0.0", allow_remote_access: true } }),
    );
    vi.stubEnv("JUPYTER_CONFIG_DIR", configuration);
    lab = await startLab(freshFolder());
    const url = new URL(lab.url);
    token = url.searchParams.get("token")!;
    origin = `http://127.0.0.1:${url.port}`;
  }, 300_000);

  afterAll(() => lab?.close());

  it("listens on this machine alone", async () => {
    const port = Number(new URL(origin).port);
    expect(await isReached("127.0.0.1", port)).toBe(true);
    expect(await isReached("127.0.0.2", port)).toBe(false);
  });

  it("lets nobody in without the token, which nobody guesses", async () => {
    expect(token).toMatch(/^[0-9a-f]{48}$/);
    for (const path of ["/api/contents", "/api/kernels", "/api/terminals"]) {
      expect((await get(origin + path)).status).toBe(403);
      expect((await get(`${origin}${path}?token=${"0".repeat(48)}`)).status).toBe(403);
    }
    expect((await get(`${origin}/api/contents?token=${token}`)).status).toBe(200);
  });

  it("answers no name that was made to point here (DNS rebinding), and no page of another site", async () => {
    const authorization = `token ${token}`;
    expect((await get(`${origin}/api/contents`, { authorization, host: "evil.example" })).status).toBe(403);
    const told = await get(`${origin}/api/contents`, { origin: "http://evil.example" });
    expect(told.status).toBe(404); // as if there were nothing
    expect(told.headers["access-control-allow-origin"]).toBeUndefined();
  });
});
