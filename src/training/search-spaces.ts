import { LabError } from "../core/errors.js";
import { lstm } from "./search-spaces/lstm.js";
import { resnet } from "./search-spaces/resnet.js";
import type { Range } from "./search-spaces/search-space.js";

export type { Range };

/** Ranges of an architecture's settings by the names that `--set` takes. */
export type Ranges = Readonly<Record<string, Range>>;

const spaces: Readonly<Record<string, Ranges>> = { resnet: resnet as Ranges, lstm: lstm as Ranges };

/** The architectures whose settings can be searched. */
export const searchedModels: readonly string[] = Object.keys(spaces);

/** What a search may set of an architecture. Throws LabError when nothing is written down for it. */
export function searchSpaceOf(model: string): Ranges {
  const space = Object.hasOwn(spaces, model) ? spaces[model] : undefined;
  if (space !== undefined) return space;
  throw new LabError(
    `There is no search space for "${model}".`,
    `There is one for: ${searchedModels.join(", ")}. Another is one file in src/training/search-spaces/.`,
  );
}
