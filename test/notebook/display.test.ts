import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { show, showSound, showTable } from "../../src/notebook/display.js";
import { joinText, type Notebook } from "../../src/notebook/notebook-file.js";
import { notebookProgress, progressText } from "../../src/notebook/notebook-progress.js";
import { executeNotebook } from "../../src/notebook/runner/execute-notebook.js";
import { renderTable } from "../../src/notebook/table.js";
import { gallery } from "../charts/gallery.js";
import { codeCell, freshFolder, notebookOf, writeTiny } from "./tiny-notebook.js";

const from = (file: string): string => `require("affectlab/dist/notebook/${file}.js")`;
const chart = gallery["bars-by-emotion"]!;

describe("display in a real kernel", () => {
  let executed: Notebook;
  const outputs = (cell: number) => executed.cells[cell]!.outputs ?? [];
  const data = (cell: number) => outputs(cell)[0]!.data as Record<string, unknown>;

  beforeAll(async () => {
    const folder = freshFolder();
    const path = writeTiny(
      folder,
      "display",
      notebookOf([
        codeCell(`const { show, showTable, showMarkdown, showSound } = ${from("display")};
await show(${JSON.stringify(chart)});`),
        codeCell(`const { DataFrame } = require("danfojs-node");
showTable(new DataFrame([{ corpus: "<b>ravdess</b>", uar: 0.7312 }]), { percent: ["uar"], caption: "a & b" });`),
        codeCell('showMarkdown("**73.1%** of the clips");'),
        codeCell(
          'showSound({ samples: Float32Array.from({ length: 8000 }, (_, i) => Math.sin(i / 5)), sampleRate: 16000 }, "a <tone>");',
        ),
        codeCell(`const { notebookProgress } = ${from("notebook-progress")};
const tell = notebookProgress();
const state = (done: number) => ({ task: "epoch", done, total: 100, rate: 50, etaSeconds: (100 - done) / 50, note: "loss 1.2" });
for (let done = 1; done <= 100; done++) { tell(state(done)); await new Promise((r) => setTimeout(r, 5)); }`),
      ]),
    );
    const output = join(folder, "executed.ipynb");
    const failure = await executeNotebook(path, output, { profile: "sample", timeoutSeconds: 100 });
    expect(failure).toBeNull();
    executed = JSON.parse(readFileSync(output, "utf8")) as Notebook;
  }, 300_000);

  it("shows a chart as one output: plotly figure, picture and description, no script", () => {
    expect(outputs(0)).toHaveLength(1);
    expect(Object.keys(data(0)).sort()).toEqual([
      "application/vnd.plotly.v1+json",
      "image/png",
      "text/plain",
    ]);
    const figure = data(0)["application/vnd.plotly.v1+json"] as { data: { type: string; y: number[] }[] };
    expect(figure.data[0]!.type).toBe("bar");
    expect(figure.data[0]!.y).toHaveLength(8);
    const png = Buffer.from(joinText(data(0)["image/png"] as string), "base64");
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([720, 380]);
    expect(joinText(data(0)["text/plain"] as string)).toBe(chart.description);
  });

  it("shows a danfojs frame as an escaped table", () => {
    const html = joinText(data(1)["text/html"] as string);
    expect(html).toContain("&lt;b&gt;ravdess&lt;/b&gt;");
    expect(html).toContain("<caption>a &amp; b</caption>");
    expect(html).toContain('<td align="right">73.1%</td>');
  });

  it("shows markdown and a player", () => {
    expect(joinText(data(2)["text/markdown"] as string)).toBe("**73.1%** of the clips");
    const html = joinText(data(3)["text/html"] as string);
    expect(html).toContain("a &lt;tone&gt;");
    const wav = Buffer.from(/base64,([^"]+)/.exec(html)![1]!, "base64");
    expect(wav.subarray(0, 4).toString()).toBe("RIFF");
    expect(wav.length).toBe(16_044);
    expect(html).not.toContain("<script");
  });

  it("updates progress in place: one output, at its end", () => {
    expect(outputs(4)).toHaveLength(1);
    expect(joinText(data(4)["text/plain"] as string)).toBe(
      `epoch [${"█".repeat(20)}] 100 of 100 · 50/s · done · loss 1.2`,
    );
  });
});

describe("display outside a notebook", () => {
  it("says that there is none", async () => {
    await expect(show(chart)).rejects.toThrow(/this is no notebook/);
    expect(() => showTable([{ a: 1 }])).toThrow(/this is no notebook/);
  });

  it("refuses a sound that would swell the notebook", () => {
    const wave = { samples: new Float32Array(16_000 * 11), sampleRate: 16_000 } as const;
    expect(() => showSound(wave)).toThrow(/lasts 11.0 s/);
  });
});

describe("table", () => {
  it("aligns text, writes intervals and says how much it left out", () => {
    const rows = Array.from({ length: 3 }, (_, i) => ({
      name: `row ${i}`,
      value: i + 0.123456,
      interval: [0.5, 0.61],
    }));
    const { text } = renderTable(rows, { limit: 2, percent: ["interval"] });
    expect(text.split("\n")).toEqual([
      "name    value     interval",
      "row 0  0.1235  50.0%–61.0%",
      "row 1   1.123  50.0%–61.0%",
      "1 more rows",
    ]);
  });
});

describe("notebook progress", () => {
  const state = (done: number) => ({ task: "t", done, total: 1000, rate: 0, etaSeconds: 65, note: "" });

  it("updates at most four times a second, and shows the latest state even when nothing follows", async () => {
    const shown: string[] = [];
    const tell = notebookProgress({ update: (data) => shown.push(String(data["text/plain"])) });
    const start = performance.now();
    let done = 0;
    while (performance.now() - start < 1100) {
      tell(state(++done % 900));
      await new Promise((settle) => setTimeout(settle, 3));
    }
    const seconds = (performance.now() - start) / 1000;
    expect(shown.length).toBeGreaterThanOrEqual(2);
    expect(shown.length).toBeLessThanOrEqual(Math.ceil(4 * seconds) + 1);
    tell(state(950));
    await new Promise((settle) => setTimeout(settle, 400));
    expect(shown.at(-1)).toContain("950 of 1,000");
  });

  it("shows the end at once", () => {
    const shown: string[] = [];
    const tell = notebookProgress({ update: (data) => shown.push(String(data["text/plain"])) });
    tell(state(1));
    tell(state(1000));
    expect(shown.at(-1)).toContain("done");
  });

  it("writes a line that can be read without HTML", () => {
    expect(progressText({ ...state(250), rate: 196.4, note: "loss 1.23" })).toBe(
      "t [█████░░░░░░░░░░░░░░░] 250 of 1,000 · 196/s · 1 min 05 s left · loss 1.23",
    );
  });
});
