import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Resvg } from "@resvg/resvg-js";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { isBrowserLeftOut, openBrowser } from "./browser.js";
import { type LabServer, startLab } from "./lab-server.js";
import { codeCell, notebookOf, textCell, writeTiny } from "./tiny-notebook.js";

const patience = 180_000;
const folder = join(packageRoot, "build", "lab-test");
const pictures = join(packageRoot, "build", "screenshots");
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="300"><rect width="600" height="300" fill="#fff"/>
<rect x="100" y="50" width="80" height="200" fill="#36c"/></svg>`;
const png = Buffer.from(new Resvg(svg).render().asPng()).toString("base64");
const figure = {
  output_type: "display_data",
  metadata: {},
  data: {
    "application/vnd.plotly.v1+json": {
      data: [{ type: "bar", x: ["angry", "happy", "sad"], y: [3, 1, 2] }],
      layout: { title: { text: "Drawn by the browser" }, width: 600, height: 300 },
    },
    "image/png": png,
  },
};
const tiny = notebookOf([
  textCell("# In the browser"),
  codeCell("// a figure from an earlier run, in a notebook that nobody has trusted", [figure]),
  codeCell('import * as lab from "affectlab";\nconsole.log(6 * 7, typeof lab.LabError);\nvar mark = "set";'),
  codeCell(
    'import { newDisplay } from "tslab";\nconst line = newDisplay();\nfor (let i = 1; i <= 5; i++) {\n  line.text("step " + i);\n  await new Promise((r) => setTimeout(r, 100));\n}',
  ),
  codeCell('console.log("waiting");\nawait new Promise(() => {});'),
  codeCell("lab."),
]);

describe.skipIf(isBrowserLeftOut)("JupyterLab in a browser", () => {
  let server: LabServer;
  let browser: Browser;
  let page: Page;
  /** What the browser asked of others than the server. */
  const elsewhere: string[] = [];
  const cell = (index: number): Locator => page.locator(".jp-Notebook .jp-Cell").nth(index);
  const run = async (index: number): Promise<void> => {
    await cell(index).locator(".cm-content").click();
    await page.keyboard.press("Control+Enter");
  };
  const picture = (name: string) => page.screenshot({ path: join(pictures, `${name}.png`) });

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    mkdirSync(pictures, { recursive: true });
    writeTiny(folder, "tiny", tiny);
    server = await startLab(folder);
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    page.setDefaultTimeout(patience);
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith("http") && origin !== new URL(server.url).origin) elsewhere.push(request.url());
    });
    await page.goto(server.url.replace("/lab?", "/lab/tree/tiny.ipynb?"));
    await cell(5).waitFor();
  }, 2 * patience);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it(
    "shows the figure of an untrusted notebook, and plotly draws it under the pointer",
    async () => {
      // JupyterLab's plotly renderer shows the static picture first and draws when the pointer comes.
      const still = cell(1).locator(".jp-RenderedPlotly img");
      await still.waitFor({ state: "visible" });
      const box = (await still.boundingBox())!;
      expect(box.width).toBeGreaterThan(300);
      await picture("lab-untrusted-picture");
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 });
      const plot = cell(1).locator(".jp-RenderedPlotly .main-svg").first();
      await plot.waitFor({ state: "visible" });
      expect(await cell(1).locator(".jp-RenderedPlotly").textContent()).toContain("Drawn by the browser");
      expect((await plot.boundingBox())!.width).toBeGreaterThan(300);
      await picture("lab-untrusted-figure");
    },
    patience,
  );

  it("asks nothing about news", async () => {
    expect(await page.getByText("Jupyter news").count()).toBe(0);
  });

  it(
    "has the kernel ready and runs a cell that imports affectlab",
    async () => {
      await page.locator(".jp-Toolbar-kernelName", { hasText: "TypeScript (affectlab)" }).first().waitFor();
      await run(2);
      const output = cell(2).locator(".jp-OutputArea-output");
      await output.waitFor();
      expect(await output.textContent()).toContain("42 function");
    },
    patience,
  );

  it(
    "updates a display in place",
    async () => {
      await run(3);
      const outputs = cell(3).locator(".jp-OutputArea-output");
      await outputs.filter({ hasText: "step 5" }).waitFor();
      expect(await outputs.count()).toBe(1);
    },
    patience,
  );

  it(
    "completes the members of affectlab",
    async () => {
      await cell(5).locator(".cm-content").click();
      await page.keyboard.press("Control+End");
      await page.keyboard.press("Tab");
      const completer = page.locator(".jp-Completer");
      await completer.getByText("LabError", { exact: true }).first().waitFor();
      await picture("lab-completion");
      await page.keyboard.press("Escape");
    },
    patience,
  );

  it(
    "interrupts a cell that waits for ever",
    async () => {
      await run(4);
      await cell(4).locator(".jp-OutputArea-output", { hasText: "waiting" }).waitFor();
      expect(await cell(4).locator(".jp-InputPrompt").first().textContent()).toBe("[*]:");
      await page.locator('jp-button[data-command="notebook:interrupt-kernel"]').first().click();
      await cell(4).locator(".jp-OutputArea-output", { hasText: "Interrupted asynchronously" }).waitFor();
      await picture("lab-interrupted");
    },
    patience,
  );

  it(
    "restarts the kernel, which forgets what was defined and runs again",
    async () => {
      await page.locator('jp-button[data-command="notebook:restart-kernel"]').first().click();
      await page.locator(".jp-Dialog .jp-mod-accept").click();
      await cell(5).locator(".cm-content").click();
      await page.keyboard.press("Control+a");
      await page.keyboard.type('console.log("mark is", typeof (globalThis as any).mark);');
      await page.keyboard.press("Control+Enter");
      await cell(5).locator(".jp-OutputArea-output", { hasText: "mark is undefined" }).waitFor();
    },
    patience,
  );

  it("has asked no other host for anything in all of that", () => {
    expect(elsewhere).toEqual([]);
  });
});
