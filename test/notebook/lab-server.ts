import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { vi } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { isReached } from "../reaches.js";

export interface LabServer {
  /** The address with its token: `http://localhost:PORT/lab?token=…`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts `npm run lab`'s script on a free port, without a browser, at a folder, and waits until it answers. */
export async function startLab(folder: string): Promise<LabServer> {
  const args = ["--no-browser", "--ServerApp.port=0", `--ServerApp.root_dir=${folder}`];
  const lab = spawn(process.execPath, [join(packageRoot, "scripts", "lab.mjs"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = await readUrl(lab);
  // The address is told a moment before the server listens there.
  await vi.waitUntil(() => isReached("127.0.0.1", Number(new URL(url).port)), { timeout: 30_000 });
  return { url, close: () => end(lab) };
}

function readUrl(lab: ChildProcess): Promise<string> {
  return new Promise((found, fail) => {
    const told: string[] = [];
    for (const stream of [lab.stdout!, lab.stderr!]) {
      createInterface({ input: stream }).on("line", (line) => {
        told.push(line);
        const url = /https?:\/\/(?:localhost|127\.0\.0\.1):\d+\/lab\S*token=\w+/.exec(line)?.[0];
        if (url !== undefined) found(url);
      });
    }
    lab.on("close", (code) =>
      fail(new Error(`JupyterLab ended with ${code}:\n${told.slice(-20).join("\n")}`)),
    );
  });
}

function end(lab: ChildProcess): Promise<void> {
  return new Promise((ended) => {
    lab.on("close", () => ended());
    // JupyterLab asks after the first interrupt; SIGTERM ends it and its kernels at once.
    lab.kill("SIGTERM");
  });
}
