import { LabError } from "../core/errors.js";

/** A corpus is not in the store: whoever can do without it tells this from a store that cannot be trusted. */
export class AbsentCorpusError extends LabError {}
