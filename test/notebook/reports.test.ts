import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildReports } from "../../src/notebook/reports/build-reports.js";
import { escapeHtml, jsonForScript } from "../../src/notebook/reports/escape.js";
import { plainText, readFacts } from "../../src/notebook/reports/report-facts.js";
import { codeCell, freshFolder, notebookOf, textCell, writeTiny } from "./tiny-notebook.js";

const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const figure = {
  output_type: "display_data",
  metadata: {},
  data: {
    "application/vnd.plotly.v1+json": { data: [{ y: [1, 2], name: "</script><b>" }], layout: {} },
    "image/png": `${png}\n`,
    "text/plain": 'two "points" <rise>',
  },
};
const first = notebookOf(
  [
    textCell("# What <is> *there*?\n\nA **first** look at [the data](x.md) & more.\n\nSecond paragraph."),
    codeCell('const answer: number = 42; // "<b>"', [
      { output_type: "stream", name: "stdout", text: "<script>alert(1)</script>\n" },
      figure,
    ]),
  ],
  { affectlab: { profile: "sample", runs: [], dataChecksum: null, executedAt: "2026-11-24T10:00:00.000Z" } },
);
const second = notebookOf([textCell("No heading here.")]);

describe("HTML reports", () => {
  const folder = freshFolder();
  const out = join(folder, "reports");
  const read = (name: string): string => readFileSync(join(out, name), "utf8");

  beforeAll(async () => {
    const paths = [writeTiny(folder, "01-first", first), writeTiny(folder, "02-second", second)];
    expect(await buildReports(paths, out)).toBe(join(out, "index.html"));
  }, 300_000);

  it("are one page a notebook, an index and one shared plotly script", () => {
    for (const name of ["01-first.html", "02-second.html", "index.html", "plotly.min.js"]) {
      expect(existsSync(join(out, name))).toBe(true);
    }
    expect(read("01-first.html")).toContain('<script src="plotly.min.js">');
    expect(read("02-second.html")).not.toContain("plotly.min.js");
  });

  it("need nothing from elsewhere", () => {
    for (const name of ["01-first.html", "02-second.html", "index.html"]) {
      expect(read(name)).not.toMatch(/(src|href)\s*=\s*["'](https?:)?\/\//);
      expect(read(name)).not.toMatch(/@import|url\(\s*["']?https?:/);
    }
  });

  it("carry the figure's data as JSON that cannot end its element, and the static picture", () => {
    const page = read("01-first.html");
    const json = /<script type="application\/json">(.*?)<\/script>/s.exec(page)![1]!;
    expect(JSON.parse(json)).toEqual(figure.data["application/vnd.plotly.v1+json"]);
    const image = /<div class="static">(<img[^>]*>)/.exec(page)![1]!;
    expect(image).toContain(`src="data:image/png;base64,${png}"`);
    expect(image).toMatch(/alt=(["'])two ("|&quot;)points\2 &lt;rise&gt;\1/);
  });

  it("escape printed text, titles and summaries", () => {
    expect(read("01-first.html")).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(read("01-first.html")).toContain("<title>What there? · affectlab</title>");
    expect(read("index.html")).toContain("A first look at the data &amp; more.");
  });

  it("highlight TypeScript", () => {
    expect(read("01-first.html")).toMatch(/<span class="k[a-z]?">const<\/span>/);
  });

  it("link to the notebooks before and after, and to the index", () => {
    expect(read("01-first.html")).toContain('<a href="02-second.html">02-second →</a>');
    expect(read("02-second.html")).toContain('<a href="01-first.html">← What there?</a>');
    expect(read("02-second.html")).toContain('href="index.html"');
  });

  it("say that sample data is no result, on the page and in the index", () => {
    expect(read("01-first.html")).toContain("sample data: not a result");
    expect(read("index.html")).toContain("sample data: not a result");
    expect(read("02-second.html")).not.toContain("sample data");
  });

  it("show the first picture on the card", () => {
    expect(read("index.html").match(/data:image\/png;base64/g)).toHaveLength(1);
  });
});

describe("the parts of a report", () => {
  it("read title, summary, picture and profile", () => {
    expect(readFacts("/x/01-first.ipynb", first)).toEqual({
      name: "01-first",
      title: "What there?",
      summary: "A first look at the data & more.",
      thumbnail: `data:image/png;base64,${png}`,
      profile: "sample",
      executedAt: "2026-11-24T10:00:00.000Z",
    });
    expect(readFacts("/x/02-second.ipynb", second)).toMatchObject({
      title: "02-second",
      summary: "No heading here.",
      thumbnail: null,
      profile: null,
    });
  });

  it("strip Markdown but not its words", () => {
    expect(plainText("**Bold**, *slanted*, `code`, a_b_c, ![alt](p.png) and 2 * 3 * 4")).toBe(
      "Bold, slanted, code, a_b_c, alt and 2 * 3 * 4",
    );
  });

  it("escape what HTML and a script element would misread", () => {
    expect(escapeHtml(`<a href="x">'&'</a>`)).toBe("&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    expect(jsonForScript({ a: "</script>\u2028" })).toBe('{"a":"\\u003c/script>\\u2028"}');
  });
});
