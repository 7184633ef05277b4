import { describe, expect, it } from "vitest";
import { publishedChecksums } from "../../src/corpora/checksums.js";
import type { Clip } from "../../src/corpora/clip.js";
import { sourceOf } from "../../src/training/run-data.js";

const [file, checksum] = [...publishedChecksums("crema-d")][0]!;

function clip(corpus: string, clipChecksum: string): Clip {
  return {
    id: `${corpus}/${file}`,
    corpus,
    path: file,
    checksum: clipChecksum,
    speaker: `${corpus}/1`,
    emotion: "angry",
    sentence: "",
    intensity: "unspecified",
    sex: "unknown",
    age: null,
    duration: 1,
    defect: null,
  };
}

describe("the source of a run's clips", () => {
  const [original, altered, own] = [
    clip("crema-d", checksum),
    clip("crema-d", "0".repeat(64)),
    clip("mine", checksum),
  ];

  it("is original only for the publishers' own files", () => {
    expect(sourceOf({ profile: "full" }, [original])).toBe("original");
    expect(sourceOf({ profile: "full" }, [original, altered])).toBe("opus-copy");
  });

  it("is own for recordings that no publisher lists, in every profile", () => {
    expect(sourceOf({ profile: "full" }, [own])).toBe("own");
    expect(sourceOf({ profile: "sample" }, [own])).toBe("own");
    expect(sourceOf({ profile: "full" }, [original, own])).toBe("own");
  });

  it("never hides altered clips behind one's own", () => {
    expect(sourceOf({ profile: "full" }, [altered, own])).toBe("opus-copy");
  });

  it("is sample for synthetic speech under the published names", () => {
    expect(sourceOf({ profile: "sample" }, [altered])).toBe("sample");
  });
});
