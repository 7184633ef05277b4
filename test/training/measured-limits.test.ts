import { describe, expect, it } from "vitest";
import type { Settings } from "../../src/core/settings.js";
import { cremaSpeakers } from "../../src/corpora/crema-d-speakers.js";
import type { Prediction } from "../../src/evaluation/prediction.js";
import { measuredLimits } from "../../src/training/measured-limits.js";
import { listPublished } from "../../src/training/published.js";
import { prediction } from "../evaluation/goldens.js";
import { memberOf } from "../evaluation/members.js";
import { commitResult } from "./committed-result.js";
import { temporarySettings } from "./toy.js";

/** Two sad and two angry clips of an actor; one of each is taken for the other where the actor is not understood. */
function clipsOf(actor: string, isUnderstood: boolean): Prediction[] {
  return (["sad", "angry"] as const).flatMap((emotion) =>
    [0, 1].map((i) => {
      const wrong = emotion === "sad" ? "angry" : "sad";
      const said = isUnderstood || i === 0 ? emotion : wrong;
      return prediction(`crema-d/${actor}-${emotion}-${i}`, actor, emotion, said);
    }),
  );
}

/** So many actors of a race, as many women as men. */
function actorsOf(race: string, count: number): string[] {
  const ofSex = (sex: string) =>
    Object.entries(cremaSpeakers)
      .filter(([, actor]) => actor.race === race && actor.sex === sex)
      .slice(0, count / 2);
  return [...ofSex("female"), ...ofSex("male")].map(([number]) => number);
}

/** Publishes a row and asks what is measured of it. */
async function limitsOf(place: string, test: Prediction[], settings: Settings): Promise<string[]> {
  await commitResult(settings, place, { test, validation: memberOf(1, 0.5) });
  const { metrics, name } = (await listPublished(settings)).find((result) => result.place === place)!;
  return await measuredLimits(settings.root, name, metrics.spec, test);
}

describe("the measured limits of a row", () => {
  const understood = actorsOf("Caucasian", 8).flatMap((actor) => clipsOf(actor, true));
  const misunderstood = actorsOf("African American", 6).flatMap((actor) => clipsOf(actor, false));

  it("name the group of actors that is understood less, and by how much, on new voices alone", async () => {
    const test = [...understood, ...misunderstood];
    expect(await limitsOf("speaker-independent/general/seed-0", test, temporarySettings())).toEqual([
      "On CREMA-D's new voices the UAR of 6 African American actors differs from that of the others by -50.0 points " +
        "(95% interval by speaker -50.0 to -50.0).",
    ]);
    expect(await limitsOf("combined/general/seed-0", test, temporarySettings())).toEqual([]);
  });

  it("name no group that is understood as well, nor one of fewer than five actors", async () => {
    const few = actorsOf("African American", 4).flatMap((actor) => clipsOf(actor, false));
    const alike = actorsOf("African American", 6).flatMap((actor) => clipsOf(actor, true));
    for (const others of [few, alike]) {
      const limits = limitsOf(
        "speaker-independent/general/seed-0",
        [...understood, ...others],
        temporarySettings(),
      );
      expect(await limits).toEqual([]);
    }
  });

  it("tell how the recipe does on corpora that it was trained without, and nothing of other recipes", async () => {
    const settings = temporarySettings();
    const parts = (corpus: string) => ({
      // Half of the angry clips and all sad ones: a UAR of 75%.
      test: Array.from({ length: 40 }, (_, i) => {
        const emotion = i < 20 ? "sad" : "angry";
        return prediction(`${corpus}/${i}`, `${i % 4}`, emotion, i < 30 ? emotion : "sad");
      }),
      validation: memberOf(1, 0.5),
    });
    const heldOut = "leave-one-corpus-out/general/seed-0";
    await commitResult(settings, `${heldOut}/ravdess`, parts("ravdess"), { fold: "ravdess" });
    await commitResult(settings, `${heldOut}/tess`, parts("tess"), { fold: "tess", options: { other: 1 } });
    const [sentence, ...others] = await limitsOf("speaker-independent/general/seed-0", understood, settings);
    expect(sentence).toMatch(
      /^Trained in the same way without any clip of a corpus .*: ravdess 75\.0 \[6\d\.\d, 8\d\.\d\]\.$/,
    );
    expect(others).toEqual([]);
  });
});
