import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { percent, percentRange } from "../../src/core/percent.js";
import { packageRoot, resolveSettings } from "../../src/core/settings.js";
import { largestNotebookBytes } from "../../src/notebook/runner/run-notebooks.js";
import { compareRows } from "../../src/notebook/studies/comparison/compare.js";
import { listPublished } from "../../src/training/published.js";

interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly data?: Record<string, unknown>;
}
interface CommittedNotebook {
  readonly cells: readonly {
    cell_type: string;
    execution_count?: number | null;
    outputs?: readonly Output[];
  }[];
  readonly metadata: {
    affectlab?: { profile: string; runs: string[]; dataChecksum: string; executedAt: string };
  };
}

const folder = join(packageRoot, "notebooks");
const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
/** Notebooks of an architecture show runs; the others look at data alone. */
const withRuns = [
  "03-resnet.ipynb",
  "04-simple-cnn.ipynb",
  "05-simple-cnn-audio.ipynb",
  "06-wav2vec2.ipynb",
  "07-whisper.ipynb",
  "08-transformer.ipynb",
  "09-lstm.ipynb",
  "10-densenet.ipynb",
  "11-ensemble.ipynb",
  "13-search.ipynb",
];

describe("committed notebooks", () => {
  describe.each(names)("%s", (name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const notebook = JSON.parse(text) as CommittedNotebook;
    const code = notebook.cells.filter((cell) => cell.cell_type === "code");
    const outputs = code.flatMap((cell) => cell.outputs ?? []);

    it("was executed from top to bottom on the full profile, without an error", () => {
      expect(notebook.metadata.affectlab?.profile).toBe("full");
      const counts = code.map((cell) => cell.execution_count ?? 0);
      expect(counts).toEqual([...counts].sort((a, b) => a - b));
      expect(Math.min(...counts)).toBeGreaterThan(0);
      expect(outputs.filter((output) => output.output_type === "error" || output.name === "stderr")).toEqual(
        [],
      );
    });

    it("shows the runs that results/ holds", async () => {
      const published = await listPublished(resolveSettings());
      const hashes = published.map((result) => result.metrics.specHash);
      const runs = notebook.metadata.affectlab?.runs ?? [];
      for (const run of runs) expect(hashes).toContain(run);
      expect(runs.length > 0).toBe(withRuns.includes(name));
    });

    it("shows every figure as one bundle of an interactive chart and a picture", () => {
      const figures = outputs.filter(
        (output) => output.data?.["application/vnd.plotly.v1+json"] !== undefined,
      );
      expect(figures.length).toBeGreaterThan(3);
      for (const figure of figures) expect(Object.keys(figure.data ?? {})).toContain("image/png");
    });

    it.runIf(name === "12-comparison.ipynb")("ranks by the figures that results/ holds", async () => {
      const { rows } = await compareRows(resolveSettings());
      for (const { results } of rows) {
        for (const result of Object.values(results)) {
          if (result.state !== "run") continue;
          const { value, clip } = result.figure;
          expect(text).toContain(`${percent(value)} (${percentRange(clip)})`);
        }
      }
    });

    it("is small, has no script and names no place of the machine that ran it", () => {
      expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(largestNotebookBytes);
      expect(text).not.toMatch(/<script/i);
      expect(text).not.toMatch(/\/(home|root|tmp|work)\//);
    });
  });
});
