import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Whether the tests in a browser are left out: on request alone, and never in continuous integration. */
export const isBrowserLeftOut = process.env.AFFECTLAB_NO_BROWSER === "1" && process.env.CI !== "true";

/** Chromium as Debian and others install it, or as AFFECTLAB_CHROMIUM names it. Throws when there is none. */
export function findChromium(): string {
  const places = [
    process.env.AFFECTLAB_CHROMIUM,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ];
  const found = places.find((place) => place !== undefined && existsSync(place));
  if (found === undefined) {
    throw new Error(
      "There is no Chromium. Install it (Debian: apt-get install chromium), name it in AFFECTLAB_CHROMIUM, or leave the browser's tests out with AFFECTLAB_NO_BROWSER=1.",
    );
  }
  return found;
}

/** Starts a headless Chromium. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-gpu"] });
}
