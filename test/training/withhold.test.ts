import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { withheldClips } from "../../src/training/withhold.js";
import { anyCatalogue, fullCatalogue } from "../protocols/clips.js";

const groupsOf = (clips: Parameters<typeof withheldClips>[0], groups: number) =>
  Array.from({ length: groups }, (_, i) => withheldClips(clips, { group: i + 1, groups }));

describe("the clips that a teacher withholds", () => {
  it("are each of one group alone, whatever the order; byte-equal ones of the same group", () => {
    fc.assert(
      fc.property(anyCatalogue, fc.integer({ min: 2, max: 5 }), (clips, groups) => {
        const drawn = groupsOf(clips, groups);
        for (const { id } of clips) expect(drawn.filter((group) => group.has(id))).toHaveLength(1);
        expect(groupsOf([...clips].reverse(), groups)).toEqual(drawn);
        const groupOf = new Map<string, number>();
        for (const { id, checksum } of clips) {
          const found = drawn.findIndex((group) => group.has(id));
          expect(groupOf.get(checksum) ?? found).toBe(found);
          groupOf.set(checksum, found);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("are an equal share of every emotion of every corpus, to the clip", () => {
    const clips = fullCatalogue(["ravdess", "crema-d"]); // 48 and 182 clips of each emotion
    for (const group of groupsOf(clips, 3)) {
      for (const [corpus, size] of [
        ["ravdess", 48],
        ["crema-d", 182],
      ] as const) {
        const angry = clips.filter((clip) => clip.corpus === corpus && clip.emotion === "angry");
        expect(angry).toHaveLength(size);
        expect(Math.abs(angry.filter(({ id }) => group.has(id)).length - size / 3)).toBeLessThan(1);
      }
      expect(Math.abs(group.size - clips.length / 3)).toBeLessThan(1);
    }
  });

  it.each([
    { group: 0, groups: 3 },
    { group: 4, groups: 3 },
    { group: 1, groups: 1 },
    { group: 1.5, groups: 3 },
  ])("cannot be those of $group of $groups", (withheld) => {
    expect(() => withheldClips(fullCatalogue(["ravdess"]), withheld)).toThrow(LabError);
  });
});
