// Where the page begins: its words, its look, and what it can do in this browser.
import { type BackendName, backendNames } from "./messages.js";
import { openPage } from "./page.js";
import { problems, texts } from "./strings.js";
import { connectTheme } from "./theme.js";
import { byId, fillTexts } from "./view/elements.js";

fillTexts();
document.title = texts.title;
connectTheme(byId<HTMLSelectElement>("theme"));
if (isSupported()) {
  openPage(backendOfAddress());
  keepForOffline();
} else {
  byId("status").textContent = problems.unsupported;
}

function isSupported(): boolean {
  return typeof Worker === "function" && typeof WebAssembly === "object";
}

/** `?backend=wasm` computes there and nowhere else: for tests and for those who compare. */
function backendOfAddress(): BackendName | null {
  const asked = new URLSearchParams(location.search).get("backend");
  return backendNames.find((name) => name === asked) ?? null;
}

/** The service worker keeps the page for visits without a connection; a page without it works all the same. */
function keepForOffline(): void {
  navigator.serviceWorker?.register("./service-worker.js").catch(() => undefined);
}
