import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Chart } from "../../src/charts/chart.js";
import { renderPlotly } from "../../src/charts/plotly.js";
import { progressHtml } from "../../src/notebook/notebook-progress.js";
import { buildReports } from "../../src/notebook/reports/build-reports.js";
import { renderTable } from "../../src/notebook/table.js";
import { hostileNames, steering } from "../hostile-names.js";
import { isBrowserLeftOut, openBrowser } from "./browser.js";
import { codeCell, freshFolder, notebookOf, textCell, writeTiny } from "./tiny-notebook.js";

const rows = hostileNames.map((name, i) => ({ clip: `own/${name}.wav`, [name]: i }));
const chart: Chart = {
  title: `Clips of ${hostileNames[0]}`,
  description: hostileNames.join(" "),
  x: { title: hostileNames[1]!, kind: "category" },
  y: { title: "clips", kind: "number" },
  series: [
    {
      mark: "bar",
      name: '<a href="https://evil.example">a link</a>',
      x: [...hostileNames],
      y: rows.map((_, i) => i + 1),
    },
  ],
};
const shown = (data: Record<string, unknown>) => ({ output_type: "display_data", metadata: {}, data });
const notebook = notebookOf([
  textCell("# Names from outside\n\nA table, a figure, printed text."),
  codeCell("showTable(rows)", [shown({ "text/html": renderTable(rows).html })]),
  codeCell("show(chart)", [
    shown({ "application/vnd.plotly.v1+json": renderPlotly(chart), "text/plain": chart.description }),
  ]),
  codeCell("console.log(names)", [
    { output_type: "stream", name: "stdout", text: `${hostileNames.join("\n")}\n` },
  ]),
  // What no function of ours writes, but a notebook from elsewhere may hold.
  codeCell("raw", [
    shown({
      "text/html":
        '<img src=x onerror="window.hit = 1"><script>window.hit = 1</script><iframe src="https://evil.example"></iframe>',
    }),
    shown({
      "text/markdown":
        '<img src="https://evil.example/x.png" onerror="window.hit = 1"> [x](javascript:alert(1))',
    }),
  ]),
]);

describe("a table with names from outside", () => {
  it("is escaped as HTML, and steers no terminal as text", () => {
    const { html, text } = renderTable(rows);
    expect(html).not.toMatch(/<(img|svg|script|b>|!--)/);
    expect(text).not.toMatch(steering);
    expect(text.split("\n")).toHaveLength(1 + rows.length);
  });

  it("is told by a progress bar as text", () => {
    const state = {
      task: hostileNames[0]!,
      done: 1,
      total: 2,
      rate: 0,
      etaSeconds: 0,
      note: hostileNames[1]!,
    };
    expect(progressHtml(state)).not.toMatch(/<(img|svg)/);
  });
});

describe.skipIf(isBrowserLeftOut)("a report with names from outside", () => {
  let browser: Browser;
  let page: Page;
  const asked: string[] = [];

  beforeAll(async () => {
    const folder = freshFolder();
    await buildReports([writeTiny(folder, "names", notebook)], folder);
    browser = await openBrowser();
    page = await browser.newPage();
    // What the page's policy has refused is told as a request, too, but never leaves the browser.
    const tell = (request: Request): void => {
      const isRefused = request.failure()?.errorText === "csp";
      if (!/^(file|data|blob):/.test(request.url()) && !isRefused) asked.push(request.url());
    };
    page.on("requestfinished", tell).on("requestfailed", tell);
    page.on("dialog", (dialog) => asked.push(dialog.message()));
    await page.goto(pathToFileURL(join(folder, "names.html")).href);
    await page.locator("figure.chart").scrollIntoViewIfNeeded();
    await page.locator("figure.chart .main-svg").first().waitFor({ timeout: 120_000 });
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
  });

  it("shows them as text, in the table and in the figure", async () => {
    const table = (await page.locator("table").textContent())!;
    for (const name of hostileNames.filter((one) => !steering.test(one) && !one.includes("\n")))
      expect(table).toContain(`own/${name}.wav`);
    const figure = page.locator("figure.chart .drawn");
    expect(await figure.locator(".gtitle").textContent()).toBe(chart.title);
    expect(await figure.locator("a[href*=evil]").count()).toBe(0);
    const labels = await figure.locator(".xtick text").allTextContents();
    expect(labels).toContain(hostileNames[0]);
  });

  it("runs nothing and asks the network for nothing, whatever a notebook from elsewhere holds", async () => {
    expect(await page.evaluate("window.hit")).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
