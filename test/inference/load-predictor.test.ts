import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { loadPredictor } from "../../src/inference/load-predictor.js";

/** A folder with the published lstm, its card changed. */
function withCard(change: (card: Record<string, unknown>) => void): string {
  const folder = join(mkdtempSync(join(tmpdir(), "affectlab-card-")), "lstm");
  cpSync(join(packageRoot, "models", "lstm", "speaker-independent"), folder, { recursive: true });
  const path = join(folder, "card.json");
  const card = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  change(card);
  writeFileSync(path, JSON.stringify(card));
  return folder;
}

describe("a published model whose card is another one's", () => {
  it.each([
    [
      "frames",
      (card: Record<string, unknown>) => (card.frames = 64),
      /card of lstm has 64 frames, its network 128/,
    ],
    [
      "labels",
      (card: Record<string, unknown>) => (card.labels = ["happy", "sad"]),
      /card of lstm has 2 labels, its network 8/,
    ],
    [
      "bands",
      (card: Record<string, unknown>) => (card.standardisation = { mean: [0], deviation: [1] }),
      /card of lstm has 1 bands of the standardisation, its network 64/,
    ],
  ])("is refused for its %s", async (_, change, reason) => {
    await expect(loadPredictor({ model: withCard(change) })).rejects.toThrow(reason);
  });

  it("answers where nothing was changed", async () => {
    const { card } = await loadPredictor({ model: withCard(() => undefined) });
    expect(card.name).toBe("lstm");
  });
});
