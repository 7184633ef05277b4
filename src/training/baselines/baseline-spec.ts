import { LabError } from "../../core/errors.js";
import type { Settings } from "../../core/settings.js";
import { loadCatalogueFor } from "../../corpora/catalogue.js";
import { dataChecksums } from "../../corpora/checksums.js";
import type { FeatureSpec } from "../../features/feature-spec.js";
import type { ProtocolName } from "../../protocols/split.js";
import { recipeFor } from "../recipes.js";
import type { ResultSpec } from "../run-spec.js";
import { usualCorpora } from "../usual-corpora.js";

/** What every network has to beat. */
export const baselineNames = ["baseline-majority", "baseline-descriptors", "baseline-whisper"] as const;
export type BaselineName = (typeof baselineNames)[number];

/** Everything that decides a baseline's result. */
export interface BaselineSpec extends ResultSpec {
  readonly model: BaselineName;
  /** What the logistic regression is given of a clip's sound; null for the commonest emotion, which hears nothing. */
  readonly features: FeatureSpec | null;
}

export interface BaselineRequest {
  readonly model: BaselineName;
  readonly protocol: ProtocolName;
  readonly fold?: string | null;
  readonly corpora?: readonly string[];
}

/** Weights of the squared coefficients that are tried; the best on validation is kept. */
const penalties = [1e-3, 1e-2, 1e-1, 1];

export function isBaseline(name: string): name is BaselineName {
  return (baselineNames as readonly string[]).includes(name);
}

/** Whether a run is a baseline's. */
export function isBaselineSpec(spec: ResultSpec): spec is BaselineSpec {
  return isBaseline(spec.model);
}

/** The complete specification of a baseline, with the checksums of the clips at hand. Throws LabError for absent corpora. */
export async function defineBaseline(request: BaselineRequest, settings: Settings): Promise<BaselineSpec> {
  const { model, protocol, fold = null } = request;
  const clips = await loadCatalogueFor(settings, request.corpora ?? usualCorpora(protocol));
  if (clips.length === 0) throw new LabError("There are no clips.", "Import a corpus: `affectlab corpora`.");
  const { profile } = settings;
  return {
    version: 1,
    profile,
    model,
    ...partsOf(model, settings),
    corpora: dataChecksums(clips),
    protocol,
    fold,
    seed: 0,
  };
}

function partsOf(model: BaselineName, { profile }: Settings): Pick<BaselineSpec, "options" | "features"> {
  switch (model) {
    case "baseline-majority":
      return { options: {}, features: null };
    case "baseline-descriptors": {
      const window = { windowLength: 1024, hopLength: 512 };
      return {
        options: { penalties },
        features: { kind: "descriptors", ...window, trimDecibels: 35, peakNormalise: true },
      };
    }
    case "baseline-whisper": {
      // The same encoder and features as the row that tunes it; synthetic speech says nothing of the real one.
      const { features, options } = recipeFor("whisper", profile);
      return { options: { size: options.size!, penalties }, features };
    }
  }
}
