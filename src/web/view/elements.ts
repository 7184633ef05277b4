import { type TextName, texts } from "../strings.js";

/** The element of that id. Throws an Error when the page has none. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}.`);
  return found as Kind;
}

/** Writes the texts of strings.ts where the page names them. */
export function fillTexts(): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) {
    element.textContent = texts[element.dataset.text as TextName];
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-label]")) {
    element.ariaLabel = texts[element.dataset.label as TextName];
  }
}
