import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { parseModelCard } from "../../src/inference/model-card.js";
import { cardReadme } from "../../src/training/card-readme.js";

const models = join(packageRoot, "models");
const cards = readdirSync(models, { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith("card.json"),
);
const read = (path: string) => parseModelCard(JSON.parse(readFileSync(join(models, path), "utf8")), path);

describe("a model card for people", () => {
  it.each(cards)("stands beside %s and says what that says", (path) => {
    const text = readFileSync(join(models, dirname(path), "README.md"), "utf8");
    expect(text, "affectlab publish --cards writes it").toBe(cardReadme(read(path)));
  });

  it("tells what is heard, what is said, how often it is right, the law and the licence", () => {
    const card = read(join("whisper", "speaker-independent", "card.json"));
    const text = cardReadme(card);
    const { value, clip } = card.metrics.test["crema-d"]!.uar;
    const shares = [value, ...clip].map((share) => (100 * share).toFixed(1));
    expect(text).toContain(`| ${shares[0]} [${shares[1]}, ${shares[2]}] |`);
    expect(text).toContain(card.labels.join(", "));
    expect(text).toMatch(/128 frames at once, .* \(2\.56 s\)/);
    expect(text).toMatch(/Expected calibration error on test clips: \d+\.\d points/);
    expect(text).toMatch(/Regulation \(EU\) 2024\/1689, Article 5\(1\)\(f\)/);
    for (const told of [card.licence, card.limits, ...card.citations]) expect(text).toContain(told);
    for (const [, target] of text.matchAll(/\]\((\.[^)]+)\)/g)) {
      expect(existsSync(join(models, "whisper", "speaker-independent", target!)), target).toBe(true);
    }
  });

  it("tells what the model is for, also where its card is of before that was told", () => {
    const card = read(join("whisper", "speaker-independent", "card.json"));
    const section = (text: string) => text.split("## Intended use\n\n")[1]!.split("\n\n## ")[0]!;
    expect(section(cardReadme({ ...card, intendedUse: "Being listened to." }))).toMatch(
      /^Being listened to\./,
    );
    expect(section(cardReadme({ ...card, intendedUse: undefined }))).toMatch(
      /^Research on acted speech, .*agreed.*No decision about a person.*at work and in education is prohibited/,
    );
  });

  it("leaves out what a card does not know", () => {
    const { unsureBelow, calibrationError, frontEnd, ...old } = read(
      join("whisper", "speaker-independent", "card.json"),
    );
    expect(cardReadme(old)).not.toMatch(/undefined|NaN|unsure:|calibration error|frozen/);
    expect(unsureBelow && calibrationError && frontEnd).toBeTruthy();
  });
});
