import { describe, expect, it } from "vitest";
import { oneLine, shownLines } from "../../src/core/shown-text.js";
import { hostileNames, steering } from "../hostile-names.js";

describe("text from outside", () => {
  it("is one line that steers no terminal", () => {
    for (const name of hostileNames) {
      expect(oneLine(name)).not.toMatch(steering);
      expect(oneLine(name)).not.toContain("\n");
    }
    expect(oneLine("\u001b[31mred\u202e")).toBe("\ufffd[31mred\ufffd");
  });

  it("keeps the lines and tabs of longer text, and letters of every script", () => {
    expect(shownLines("one\n\ttwo\r\u2028three")).toBe("one\n\ttwo\ufffd\ufffdthree");
    expect(oneLine("Grüße, 你好, שלום, 🙂")).toBe("Grüße, 你好, שלום, 🙂");
  });
});
