/** What JSON leaves as it is in a text and a terminal acts upon: DEL, the C1 controls, format characters. */
const steering = /[\u007f-\u009f\p{Cf}]/gu;

/**
 * Prints a value as JSON on standard output. Its texts come back from it as they are; on a terminal nothing in them
 * steers: what JSON does not escape by itself is escaped too.
 */
export function printJson(value: unknown): void {
  console.log(jsonText(value));
}

export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(steering, escapeUnits);
}

/** Each of a character's UTF-16 units as \\uXXXX. */
function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}
