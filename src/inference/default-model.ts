/** The published model that answers when none is named. */
export const defaultModel = "general";
