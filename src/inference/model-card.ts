import { z } from "zod";
import { LabError } from "../core/errors.js";
import type { FeatureSpec } from "../features/feature-spec.js";
import type { Standardisation } from "../features/standardise.js";

const figure = z.object({
  value: z.number(),
  clip: z.tuple([z.number(), z.number()]),
  speaker: z.tuple([z.number(), z.number()]).nullable(),
});
const group = z.object({ n: z.number().int(), accuracy: figure, uar: figure, macroF1: figure });

const cardSchema = z.object({
  format: z.literal(1),
  /** The row's name in the results: `resnet`. */
  name: z.string(),
  architecture: z.string(),
  options: z.record(z.string(), z.unknown()),
  parameters: z.number().int(),
  /** The classes in the order of the model's outputs. */
  labels: z.array(z.string()).min(2),
  /** How a recording is turned into the model's input: features, then standardisation, then these frames. */
  features: z.custom<FeatureSpec>((value) => typeof value === "object" && value !== null && "kind" in value),
  standardisation: z.object({ mean: z.array(z.number()), deviation: z.array(z.number()) }),
  /** A fixed network between features and standardisation: its folder beside the model's, and its weights' checksum. */
  frontEnd: z.object({ name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/), sha256: z.string() }).optional(),
  frames: z.number().int().positive(),
  /** Divides the logits, so that confidence is calibrated on validation (Guo et al. 2017); 1 where not fitted. */
  temperature: z.number().positive(),
  /** A confidence below this is `unsure`: chosen on validation (src/evaluation/unsure.ts); absent where not chosen. */
  unsureBelow: z.number().min(0).max(1).optional(),
  /** Expected calibration error on test before and after the temperature (Guo et al. 2017, 15 bins). */
  calibrationError: z.object({ before: z.number(), after: z.number() }).optional(),
  weightsPrecision: z.enum(["float32", "float16"]),
  protocol: z.string(),
  seed: z.number().int(),
  specHash: z.string(),
  data: z.object({ corpora: z.record(z.string(), z.string()), source: z.string() }),
  metrics: z.object({ test: z.record(z.string(), group), validation: z.record(z.string(), group) }),
  licence: z.string(),
  citations: z.array(z.string()),
  /** What it is for, and what not; absent from cards of before. */
  intendedUse: z.string().optional(),
  /** What not to expect, with what was measured of it. */
  limits: z.string(),
});

/** card.json: what a model is, what it takes and gives, how well it does and on what, under which licence. */
export type ModelCard = Omit<z.infer<typeof cardSchema>, "features" | "standardisation"> & {
  features: FeatureSpec;
  standardisation: Standardisation;
};

/** What an answer needs of a card: also that of a run which is not published. */
export type AnsweringCard = Pick<
  ModelCard,
  "name" | "labels" | "features" | "standardisation" | "frames" | "temperature" | "unsureBelow"
>;

/** Reads a card. Throws LabError naming the file and the field that does not fit. */
export function parseModelCard(value: unknown, name: string): ModelCard {
  const parsed = cardSchema.safeParse(value);
  if (!parsed.success) {
    throw new LabError(
      `${name} is no model card: ${z.prettifyError(parsed.error)}.`,
      "Publish the model again, or restore the file.",
    );
  }
  return parsed.data as ModelCard;
}
