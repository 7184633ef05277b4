import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseArguments } from "../../../scripts/benchmark/arguments.mjs";
import { benchmarkChart } from "../../../scripts/benchmark/draw.mjs";
import {
  type Benchmark,
  benchmarkFile,
  readBenchmark,
  withRowsReplaced,
} from "../../../scripts/benchmark/results-file.mjs";
import { median, ratioOf, significant } from "../../../scripts/benchmark/statistics.mjs";
import { benchmarkMarkdown, replaceTable, tableEnd, tableStart } from "../../../scripts/benchmark/table.mjs";

const root = join(__dirname, "..", "..", "..");

const example: Benchmark = {
  machine: { processor: "a processor", cores: 2, memoryGiB: 24, system: "linux 6", gpu: null },
  versions: { node: "20.20.2", pytorch: "2.13.0" },
  measured: "2026-11-25T10:00:00.000Z",
  minutes: 20,
  quick: false,
  rows: [
    {
      task: "resnet",
      precision: "bf16",
      unit: "clips/s",
      ours: 1196,
      stock: null,
      keras: 60.25,
      pytorch: 598,
      ratioToPytorch: 2,
      repeats: { ours: { values: [1190, 1196, 1200], spread: 0.008 } },
      missing: { stock: "tfjs knows no bfloat16" },
    },
  ],
};

describe("the committed benchmark", () => {
  it("is what the page shows", async () => {
    const page = readFileSync(join(root, "docs", "kernels.md"), "utf8");
    expect(replaceTable(page, benchmarkMarkdown(await readBenchmark(root)))).toBe(page);
  });

  it("has medians of its repeats, and ratios of its figures", async () => {
    for (const row of (await readBenchmark(root))?.rows ?? []) {
      const { ours, pytorch, ratioToPytorch, unit, repeats } = row;
      for (const side of ["ours", "stock", "keras", "pytorch"] as const) {
        const repeated = repeats[side];
        if (repeated) expect(row[side]).toBeCloseTo(median(repeated.values) as number, 0);
        else expect(row[side]).toBeNull();
      }
      const ratio = ratioOf(ours, pytorch, unit);
      if (ratio === null) expect(ratioToPytorch).toBeNull();
      else expect(ratioToPytorch! / ratio).toBeCloseTo(1, 2);
    }
  });
});

describe("the file of figures", () => {
  it("is read as it was written, and refuses what it does not know", () => {
    expect(benchmarkFile.parse(JSON.parse(JSON.stringify(example)))).toEqual(example);
    const [row] = example.rows;
    const wrong = (change: object): boolean =>
      benchmarkFile.safeParse({ ...example, rows: [{ ...row, ...change }] }).success;
    expect(wrong({})).toBe(true);
    expect(wrong({ precision: "float16" })).toBe(false);
    expect(wrong({ unit: "clips" })).toBe(false);
    expect(wrong({ ours: 0 })).toBe(false);
    expect(wrong({ speedup: 3 })).toBe(false);
  });
});

describe("rows measured later", () => {
  const [resnet] = example.rows as [Benchmark["rows"][number]];
  const later: Benchmark = {
    ...example,
    measured: "2026-11-26T09:00:00.000Z",
    rows: [
      { ...resnet, ours: 1190 },
      { ...resnet, precision: "float32", ours: 600 },
    ],
  };

  it("take the place of their own, new ones stand at the end, and each says when", () => {
    const whole = { ...example, rows: [{ ...resnet, task: "lstm-32" }, resnet] };
    const { rows, measured } = withRowsReplaced(whole, later);
    expect(measured).toBe(example.measured);
    expect(rows.map(({ task, precision, ours }) => [task, precision, ours])).toEqual([
      ["lstm-32", "bf16", 1196],
      ["resnet", "bf16", 1190],
      ["resnet", "float32", 600],
    ]);
    expect(rows.map((row) => row.measured)).toEqual([undefined, later.measured, later.measured]);
    expect(benchmarkMarkdown({ ...whole, rows })).toContain(
      "- Measured later, on 2026-11-26: resnet bf16, resnet float32.",
    );
  });

  it("of another machine or version are refused", () => {
    const slower = { ...later, machine: { ...later.machine, cores: 1 } };
    expect(() => withRowsReplaced(example, slower)).toThrow(/machine of results\/benchmark.json/);
    const newer = { ...later, versions: { ...later.versions, pytorch: "3.0.0" } };
    expect(() => withRowsReplaced(example, newer)).toThrow(/versions of results\/benchmark.json/);
  });
});

describe("the table", () => {
  it("has a row a task with the ratio in bold, and says why a side has no figure", () => {
    const table = benchmarkMarkdown(example);
    expect(table).toContain("a processor, 2 cores, 24 GiB, no GPU; node 20.20.2, pytorch 2.13.0.");
    expect(table).toContain("| resnet | bf16 | clips/s | 1,196 | 598 | **2.00** | 60.3 | – | – |");
    expect(table).toContain("- stock: tfjs knows no bfloat16 (resnet bf16).");
  });

  it("goes between its two lines, and nowhere else", () => {
    const page = `before\n${tableStart}\nold\n${tableEnd}\nafter`;
    expect(replaceTable(page, "new")).toBe(`before\n${tableStart}\n\nnew\n\n${tableEnd}\nafter`);
    expect(() => replaceTable("a page", "new")).toThrow(/no block/);
  });
});

describe("the picture", () => {
  it("has a dot for each side that has a figure, as a multiple of PyTorch's", () => {
    const { series } = benchmarkChart(example);
    const drawn = series.map(({ name, ...rest }) => [name, "y" in rest ? rest.y : []]);
    expect(drawn).toEqual([
      ["ours", [2]],
      ["Keras", [significant(60.25 / 598, 17)]],
    ]);
  });
});

describe("the command line", () => {
  it("takes tasks by name and refuses others", () => {
    expect(parseArguments(["--tasks", "b,a", "--quick"], ["a", "b"])).toMatchObject({
      tasks: ["b", "a"],
      isQuick: true,
      isDrawOnly: false,
    });
    expect(parseArguments([], ["a", "b"]).tasks).toEqual(["a", "b"]);
    expect(() => parseArguments(["--tasks", "c"], ["a", "b"])).toThrow(/no task "c"/);
    expect(parseArguments(["--tasks", "a", "--replace"], ["a", "b"]).isReplacing).toBe(true);
    expect(() => parseArguments(["--replace"], ["a"])).toThrow(/--replace is for --tasks/);
    expect(() => parseArguments(["--fast"], ["a"])).toThrow(/--fast/);
  });
});
