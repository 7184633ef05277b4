/** Where the choice is kept between visits. */
const key = "affectlab-theme";

/** Lets the select choose between the system's look, light and dark. */
export function connectTheme(select: HTMLSelectElement): void {
  const apply = (choice: string): void => {
    if (choice === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
  };
  select.value = readChoice();
  apply(select.value);
  select.addEventListener("change", () => {
    apply(select.value);
    keepChoice(select.value);
  });
}

function readChoice(): string {
  try {
    const kept = localStorage.getItem(key);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system"; // the browser keeps nothing for this page
  }
}

function keepChoice(choice: string): void {
  try {
    localStorage.setItem(key, choice);
  } catch {
    // it holds until the page is left
  }
}
