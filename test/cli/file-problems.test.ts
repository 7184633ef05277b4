import { afterEach, beforeEach, expect, it } from "vitest";
import { openFileProblems } from "../../src/cli/file-problems.js";
import { LabError, problemOrDefect } from "../../src/core/errors.js";

let before: typeof process.exitCode;
beforeEach(() => {
  before = process.exitCode;
});
afterEach(() => {
  process.exitCode = before;
});

it("tells what is wrong with each file in a line, and each defect's stack once, with the request to report it", () => {
  let told = "";
  const problems = openFileProblems((text) => {
    told += text;
    return true;
  });
  problems.tell(problemOrDefect("a.wav", new LabError("a.wav is\u001b[31m empty.", "Copy it again.")));
  expect(process.exitCode).toBe(1);
  const defect = new RangeError("offset is out of bounds");
  problems.tell(problemOrDefect("b.wav", defect));
  problems.tell(problemOrDefect("c.wav", defect));
  problems.tell(problemOrDefect("d.wav", new LabError("It is empty.")));
  expect(process.exitCode).toBe(70);
  const lines = told.split("\n");
  expect(lines[0]).toBe("a.wav is\ufffd[31m empty. Copy it again.");
  expect(lines.slice(1, 3)).toEqual([
    "b.wav: offset is out of bounds",
    "RangeError: offset is out of bounds",
  ]);
  expect(lines.slice(-3)).toEqual(["c.wav: offset is out of bounds", "d.wav: It is empty.", ""]);
  expect(told.match(/This is a defect of affectlab\. Please report it/g)).toHaveLength(1);
  expect(told.match(/^ {4}at /gm)!.length).toBeGreaterThan(1);
});
