import { byId } from "./elements.js";

/** Hands on every file that is chosen or dropped on the page; `onNothing` when what is dropped is no file. */
export function connectFiles(onFile: (file: File) => void, onNothing: () => void): void {
  const input = byId<HTMLInputElement>("file");
  byId("choose").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    input.value = ""; // so that the same file may be chosen again
    if (file !== undefined) onFile(file);
  });

  const drop = byId("drop");
  let entered = 0; // a drag enters and leaves every element on its way
  const isDragged = (inside: number): void => {
    entered = Math.max(0, inside);
    drop.hidden = entered === 0;
  };
  addEventListener("dragenter", () => isDragged(entered + 1));
  addEventListener("dragleave", () => isDragged(entered - 1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    isDragged(0);
    const [file] = event.dataTransfer?.files ?? [];
    if (file === undefined) onNothing();
    else onFile(file);
  });
}
