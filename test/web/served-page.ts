import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { buildWeb } from "../../scripts/web/build.mjs";
import { serveWeb } from "../../scripts/web/serve.mjs";
import { findChromium } from "../notebook/browser.js";

/** The page built and served for a test file. */
export interface ServedPage {
  readonly url: string;
  /** The folder of the built files, and of the model that is in them. */
  readonly folder: string;
  readonly model: string;
  readonly bytes: number;
  close(): Promise<void>;
}

export async function buildAndServe(): Promise<ServedPage> {
  const built = await buildWeb({ folder: join(mkdtempSync(join(tmpdir(), "affectlab-web-")), "web") });
  return { ...built, ...(await serveWeb(built.folder, 0, "a-token-of-this-test")) };
}

/** A headless Chromium whose WebGL is computed by the processor. */
export function openChromium(...flags: readonly string[]): Promise<Browser> {
  const args = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
  return chromium.launch({ executablePath: findChromium(), args: [...args, ...flags] });
}

/** Long enough for a machine that is busy with other things. */
export const patienceMs = 90_000;

/** Opens the page and waits until its model is there. */
export async function openReady(browser: Browser, url: string, backend = "wasm"): Promise<Page> {
  const page = await (await browser.newContext({ acceptDownloads: true })).newPage();
  page.setDefaultTimeout(patienceMs);
  await page.goto(`${url}?backend=${backend}`);
  await page.locator(`html[data-backend="${backend}"]`).waitFor({ state: "attached" });
  return page;
}

/** Gives the page a file and waits for its answer, or for the sentence that says why there is none. */
export async function give(page: Page, file: Parameters<ReturnType<Page["locator"]>["setInputFiles"]>[0]) {
  await page.locator("#file").setInputFiles(file);
  await page.locator("#sound:visible, #problem:visible").first().waitFor();
}

/** The eight probabilities that are shown, by emotion. */
export function shownProbabilities(page: Page): Promise<Record<string, number>> {
  return page
    .locator("#bars li")
    .evaluateAll((items) =>
      Object.fromEntries(
        items.map((item) => [
          item.children[0]!.textContent,
          Number((item as HTMLElement).dataset.probability),
        ]),
      ),
    );
}
