import { spawn, spawnSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, it } from "vitest";
import { environmentPython } from "../../src/core/environment-python.js";
import { packageRoot } from "../../src/core/settings.js";
import { affectlab, type Checkout, makeCheckout, tiny, writeTakes } from "../cli/checkout.js";
import { codeCell, notebookOf, textCell, writeTiny } from "../notebook/tiny-notebook.js";
import { temporaryFolder } from "../temporary-folder.js";
import { type NoNetwork, refuseNetwork } from "./no-network.js";

const patience = 240_000;
/** The published resnet answers: it is small. */
const resnet = join(packageRoot, "models/resnet/speaker-independent");

describe("without a network", () => {
  const folder = temporaryFolder("offline");
  let network: NoNetwork;
  let checkout: Checkout;
  let takes: string;
  const run = (...args: string[]) => affectlab(checkout, args, { env: network.env });
  const runNode = (...args: string[]) =>
    spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, ...network.env } });

  beforeAll(() => {
    network = refuseNetwork(folder);
    checkout = makeCheckout();
    cpSync(join(packageRoot, "scripts", "python"), join(checkout.root, "scripts", "python"), {
      recursive: true,
    });
    symlinkSync(join(packageRoot, ".venv"), join(checkout.root, ".venv"), "dir");
    takes = writeTakes(checkout);
  });

  it(
    "recordings are added, a network is trained, listed and judged",
    async () => {
      const added = await run(
        "corpora",
        "add",
        "mine",
        "--from",
        takes,
        "--labels",
        join(takes, "labels.csv"),
      );
      expect(added.code, added.err).toBe(0);
      const trained = await run(
        ...["train", "resnet", "--protocol", "combined", "--corpora", "mine", ...tiny],
        ...["--set", "training.epochs=1", "--profile", "full", "--json"],
      );
      expect(trained.code, trained.err).toBe(0);
      const { specHash } = JSON.parse(trained.out) as { specHash: string };
      for (const args of [
        ["runs", "list"],
        ["evaluate", specHash],
        ["corpora"],
        ["corpora", "verify", "mine"],
      ])
        expect((await run(...args)).code, args.join(" ")).toBe(0);
      expect(network.asked()).toEqual([]);
    },
    patience,
  );

  it(
    "recordings are answered",
    async () => {
      const page = join(folder, "timeline.html");
      const { code, err } = await run("predict", "-m", resnet, join(takes, "sad-0.wav"), "--timeline", page);
      expect(code, err).toBe(0);
      expect(network.asked()).toEqual([]);
    },
    patience,
  );

  it(
    "a service answers",
    async () => {
      const args = [
        join(checkout.root, "bin/affectlab.cjs"),
        "serve",
        "-m",
        resnet,
        "--port",
        "0",
        "--no-token",
      ];
      const service = spawn(process.execPath, args, { env: { ...process.env, ...network.env } });
      const closed = new Promise((resolve) => service.on("close", resolve));
      try {
        const url = await new Promise<string>((resolve) => {
          createInterface({ input: service.stdout }).on("line", (line) => {
            const found = /http:\S+/.exec(line)?.[0];
            if (found !== undefined) resolve(found);
          });
        });
        const body = readFileSync(join(takes, "sad-0.wav"));
        expect((await fetch(`${url}/v1/predictions`, { method: "POST", body })).status).toBe(200);
      } finally {
        service.kill("SIGTERM");
      }
      expect(await closed).toBe(0);
      expect(network.asked()).toEqual([]);
    },
    patience,
  );

  it(
    "notebooks are executed and become reports",
    () => {
      const notebook = notebookOf([
        textCell("# Offline\n\nWith a formula, $x^2$."),
        codeCell(
          'import { show, showTable } from "affectlab";\nshowTable([{ clip: "a" }]);\n' +
            'await show({ title: "t", description: "d", x: { title: "x", kind: "number" }, y: { title: "y", kind: "number" }, ' +
            'series: [{ mark: "line", name: "", x: [0, 1], y: [0, 1] }] });',
        ),
      ]);
      const path = writeTiny(folder, "offline", notebook);
      const reports = join(folder, "reports");
      const args = [path, "--profile", "sample", "--output", join(folder, "executed"), "--html", reports];
      const { status, stderr } = runNode(join(packageRoot, "bin/nbconvert-runner.cjs"), ...args);
      expect(status, stderr).toBe(0);
      for (const file of ["offline.html", "index.html"]) {
        // Addresses that a browser fetches by itself; links that one may follow are no such.
        const html = readFileSync(join(reports, file), "utf8");
        const fetched =
          /\b(src|poster|data)\s*=\s*["'](https?:)?\/\/|<link[^>]*href=["'](https?:)?\/\/|@import/;
        expect(fetched.exec(html)).toBeNull();
        expect(/url\(\s*["']?(https?:)?\/\//.exec(html)).toBeNull();
      }
      expect(network.asked()).toEqual([]);
    },
    patience,
  );

  it(
    "settings are searched for by Optuna",
    async () => {
      const { code, err } = await run(
        ...[
          "search",
          "resnet",
          "--protocol",
          "combined",
          "--corpora",
          "mine",
          "--trials",
          "1",
          "--epochs",
          "1",
        ],
        ...["--set", "options.channels=[4,8]", "--set", "options.blocks=[1,2]"],
        ...["--set", "features.bands=24", "--set", "training.frames=32"],
      );
      expect(code, err).toBe(0);
      expect(network.asked()).toEqual([]);
    },
    patience,
  );

  it(
    "a download says that it has none: the guard of these tests holds in Node and in Python",
    async () => {
      const { code, err } = await run("corpora", "download", "tess");
      expect(code).toBe(1);
      expect(err).toMatch(/Check the network/);
      const asked = network.asked();
      expect(asked.length).toBeGreaterThan(0);
      const script = "import urllib.request; urllib.request.urlopen('http://example.com')";
      const python = spawnSync(environmentPython(), ["-c", script], {
        encoding: "utf8",
        env: { ...process.env, ...network.env },
      });
      expect(python.stderr).toContain("Network is unreachable: example.com");
      expect(network.asked().length).toBeGreaterThan(asked.length);
    },
    patience,
  );
});
