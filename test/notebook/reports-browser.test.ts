import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { buildReports } from "../../src/notebook/reports/build-reports.js";
import { isBrowserLeftOut, openBrowser } from "./browser.js";
import { codeCell, freshFolder, notebookOf, textCell, writeTiny } from "./tiny-notebook.js";

const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const wide = `<table><tr>${Array.from({ length: 40 }, (_, i) => `<td>column ${i}</td>`).join("")}</tr></table>`;
const notebook = notebookOf([
  textCell("# Read on a phone\n\nA figure, a wide table and a long line."),
  codeCell(`const words = "${"long ".repeat(60)}";`, [
    {
      output_type: "display_data",
      metadata: {},
      data: {
        "application/vnd.plotly.v1+json": {
          data: [{ type: "bar", x: ["angry", "happy", "sad"], y: [3, 1, 2] }],
          layout: { title: { text: "Drawn offline" }, width: 720, height: 400 },
        },
        "image/png": png,
      },
    },
    { output_type: "display_data", metadata: {}, data: { "text/html": wide } },
  ]),
]);

describe.skipIf(isBrowserLeftOut)("a report in a browser", () => {
  const pictures = join(packageRoot, "build", "screenshots");
  let folder = "";
  let browser: Browser;

  beforeAll(async () => {
    folder = freshFolder();
    mkdirSync(pictures, { recursive: true });
    await buildReports([writeTiny(folder, "phone", notebook)], folder);
    browser = await openBrowser();
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
  });

  /** Opens a page of the report from the disk; whatever it asks of the network is noted. */
  async function open(file: string, options: Parameters<Browser["newPage"]>[0]) {
    const page = await browser.newPage(options);
    const asked: string[] = [];
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) asked.push(request.url());
    });
    await page.goto(pathToFileURL(join(folder, file)).href);
    return { page, asked };
  }

  const widthOf = (page: Page): Promise<number> =>
    page.evaluate("document.documentElement.scrollWidth") as Promise<number>;

  it("draws its figure offline and fits a phone", async () => {
    const { page, asked } = await open("phone.html", { viewport: { width: 390, height: 800 } });
    await page.locator("figure.chart .main-svg").first().waitFor({ timeout: 120_000 });
    expect(await page.locator("figure.chart").textContent()).toContain("Drawn offline");
    expect(await page.locator("figure.chart .static").isVisible()).toBe(false);
    await page.screenshot({ path: join(pictures, "report-phone.png") });
    expect(await widthOf(page)).toBeLessThanOrEqual(390);
    expect(asked).toEqual([]);
    await page.close();
  });

  it("keeps its static picture where no script runs", async () => {
    const { page } = await open("phone.html", { javaScriptEnabled: false });
    expect(await page.locator("figure.chart .static img").isVisible()).toBe(true);
    await page.close();
  });

  it("follows the system's wish for dark", async () => {
    const { page } = await open("phone.html", { colorScheme: "dark" });
    await page.locator("figure.chart .main-svg").first().waitFor({ timeout: 120_000 });
    await page.screenshot({ path: join(pictures, "report-dark.png") });
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(18, 22, 28)");
    await page.close();
  });

  it("has an index that fits a phone and leads to it", async () => {
    const { page, asked } = await open("index.html", { viewport: { width: 390, height: 800 } });
    expect(await widthOf(page)).toBeLessThanOrEqual(390);
    await page.getByRole("link", { name: /Read on a phone/ }).click();
    await page.waitForURL(/phone\.html$/);
    expect(asked).toEqual([]);
    await page.close();
  });
});
