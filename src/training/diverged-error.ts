import { LabError } from "../core/errors.js";

/** The loss or an answer is no number any more: the settings do not train, and would not the next time either. */
export class DivergedError extends LabError {}
