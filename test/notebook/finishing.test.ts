import { describe, expect, it } from "vitest";
import { serialiseNotebook } from "../../src/notebook/notebook-file.js";
import { runRecordType } from "../../src/notebook/record.js";
import { attachRecord } from "../../src/notebook/runner/execution-record.js";
import { replacePaths, stripMachinePaths } from "../../src/notebook/runner/machine-paths.js";
import { describeResult } from "../../src/notebook/runner/run-lines.js";
import { codeCell, notebookOf } from "./tiny-notebook.js";

const shown = (content: unknown) => ({
  output_type: "display_data",
  data: { [runRecordType]: content },
  metadata: {},
});
const at = new Date("2026-11-24T12:00:00Z");

describe("the record in a notebook's metadata", () => {
  it("lists every run once, in order, and is taken out of the outputs", () => {
    const text = { output_type: "stream", name: "stdout", text: "kept" };
    const notebook = notebookOf([
      codeCell("", [shown({ specHash: "b", dataChecksum: "d" }), text]),
      codeCell("", [
        shown({ specHash: "a", dataChecksum: "d" }),
        shown({ specHash: "b", dataChecksum: "d" }),
      ]),
    ]);
    const finished = attachRecord(notebook, "full", at);
    expect(finished.metadata.affectlab).toEqual({
      profile: "full",
      runs: ["b", "a"],
      dataChecksum: "d",
      executedAt: "2026-11-24T12:00:00.000Z",
    });
    expect(finished.cells.map((cell) => cell.outputs)).toEqual([[text], []]);
  });

  it("has no runs where only data was looked at, and no checksum where nothing was recorded", () => {
    const looked = attachRecord(notebookOf([codeCell("", [shown({ dataChecksum: "d" })])]), "full", at);
    expect(looked.metadata.affectlab).toMatchObject({ runs: [], dataChecksum: "d" });
    const none = attachRecord(notebookOf([codeCell("")]), "sample", at);
    expect(none.metadata.affectlab).toMatchObject({ runs: [], dataChecksum: null });
  });

  it("combines several data sets into one checksum, whatever their order", () => {
    const of = (...sums: string[]) =>
      attachRecord(
        notebookOf([
          codeCell(
            "",
            sums.map((sum) => shown({ dataChecksum: sum })),
          ),
        ]),
        "full",
        at,
      ).metadata.affectlab as { dataChecksum: string };
    expect(of("x", "y").dataChecksum).toBe(of("y", "x").dataChecksum);
    expect(of("x", "y").dataChecksum).not.toBe(of("x", "z").dataChecksum);
  });

  it("refuses a record of another form", () => {
    expect(() => attachRecord(notebookOf([codeCell("", [shown({ spec: 1 })])]), "full", at)).toThrow(
      /unknown form/,
    );
  });
});

describe("paths of this machine", () => {
  const aliases = [
    { path: "/home/ada", alias: "~" },
    { path: "/home/ada/lab", alias: "." },
  ];

  it("are replaced, the longest first, and only as whole parts", () => {
    expect(replacePaths("/home/ada/lab/src/a.ts:3 /home/ada/.cache /home/adam/x", aliases)).toBe(
      "./src/a.ts:3 ~/.cache /home/adam/x",
    );
    expect(replacePaths("at '/home/ada/lab'", aliases)).toBe("at '.'");
    expect(replacePaths("/home/ada/lab2 /home/ada/lab-two", aliases)).toBe("~/lab2 ~/lab-two");
  });

  it("are replaced in texts, tables and figures; pictures keep every byte, sources too", () => {
    const outputs = [
      { output_type: "stream", name: "stderr", text: ["in /home/ada/lab/x\n"] },
      {
        output_type: "display_data",
        data: {
          "image/png": "AAAA/home/ada/lab",
          "text/html": "<b>/home/ada/lab/y</b>",
          "application/vnd.plotly.v1+json": { data: [{ name: "/home/ada/z" }] },
        },
        metadata: {},
      },
    ];
    const finished = stripMachinePaths(notebookOf([codeCell('read("/home/ada/q")', outputs)]), aliases);
    expect(finished.cells[0]!.source).toBe('read("/home/ada/q")');
    expect(finished.cells[0]!.outputs).toMatchObject([
      { text: ["in ./x\n"] },
      {
        data: {
          "image/png": "AAAA/home/ada/lab",
          "text/html": "<b>./y</b>",
          "application/vnd.plotly.v1+json": { data: [{ name: "~/z" }] },
        },
      },
    ]);
  });
});

describe("what is told and written", () => {
  it("names notebook, cell and every line of the error", () => {
    const failure = { cell: 4, kind: "timeout" as const, text: "first\nsecond" };
    const result = {
      path: "/n/03-resnet.ipynb",
      executed: "/b/x.ipynb",
      failure,
      seconds: 61,
      warning: null,
    };
    expect(describeResult(result)).toBe(
      "✗ 03-resnet.ipynb, cell 4: ran out of time after 1 min 01 s\n    first\n    second\n    Executed so far: /b/x.ipynb",
    );
  });

  it("writes a notebook as Jupyter does: keys sorted, one space, a final newline", () => {
    expect(serialiseNotebook(notebookOf([]))).toMatch(
      /^\{\n "cells": \[\],\n "metadata": \{\n {2}"kernelspec": \{\n {3}"disp/,
    );
    expect(serialiseNotebook(notebookOf([]))).toMatch(/"nbformat_minor": 5\n\}\n$/);
  });
});
