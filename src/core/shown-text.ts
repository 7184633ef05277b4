/** What steers a terminal or hides in a line: control and format characters, line and paragraph separators. */
const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Text that may hold what others wrote (the name of a file, a speaker, a note) as part of one line: whatever would end
 * the line, steer a terminal or turn the direction of writing becomes U+FFFD.
 */
export function oneLine(text: string): string {
  return text.replace(steering, "\ufffd");
}

/** The same for text of several lines: its line ends and tabs stay. */
export function shownLines(text: string): string {
  return text.replace(steering, (character) => (/[\n\t]/.test(character) ? character : "\ufffd"));
}
