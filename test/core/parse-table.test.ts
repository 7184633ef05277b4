import { describe, expect, it } from "vitest";
import { parseTable } from "../../src/core/parse-table.js";

describe("a table of ours", () => {
  const read = (text: string) => parseTable(text, "t.csv", ["a", "b"], "Restore it.");

  it("is read as a spreadsheet saves it again: with a mark in front, CRLF, and an empty line at the end", () => {
    expect(read("\ufeffa,b\r\n1,2\r\n\r\n").rows).toEqual([{ fields: ["1", "2"], line: 2 }]);
  });

  it("gives each row's line, behind a cell of two lines and an empty line too", () => {
    expect(read('a,b\n"1\n1",2\n\n3,4\n').rows.map(({ line }) => line)).toEqual([3, 5]);
  });

  it.each([
    ["", /t\.csv cannot be read: its header is "", not "a,b"\. Restore it\./],
    ["a;b\n", /its header is "a;b"/],
    ["a,b\n1,2\n1\n", /expect 2, got 1 on line 3/],
    ['a,b\n"1,2\n', /t\.csv cannot be read/],
  ])("with the content %j is refused", (text, reason) => {
    expect(() => read(text)).toThrow(reason);
  });
});
