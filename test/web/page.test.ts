import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveWeb } from "../../scripts/web/serve.mjs";
import { decodeAudio } from "../../src/audio/decode.js";
import { encodeWav } from "../../src/audio/encode-wav.js";
import type { PublishedPredictor } from "../../src/inference/assemble-predictor.js";
import { loadPredictor } from "../../src/inference/load-predictor.js";
import { loadVoiceActivity } from "../../src/inference/load-voice-activity.js";
import { speechIn } from "../../src/inference/speech-segments.js";
import { answerRecording, type RecordingAnswer } from "../../src/inference/timeline.js";
import { problems, sentences, texts } from "../../src/web/strings.js";
import { hostileNames } from "../hostile-names.js";
import { isBrowserLeftOut } from "../notebook/browser.js";
import { temporaryFolder } from "../temporary-folder.js";
import {
  buildAndServe,
  give,
  openChromium,
  openReady,
  patienceMs,
  type ServedPage,
  shownProbabilities,
} from "./served-page.js";
import { joinClips, sampleClips } from "./speech.js";

const wav = (name: string, bytes: Uint8Array) => ({
  name,
  mimeType: "audio/wav",
  buffer: Buffer.from(bytes),
});

describe.skipIf(isBrowserLeftOut)("the page", { timeout: 240_000 }, () => {
  const folder = temporaryFolder("page");
  let served: ServedPage;
  let browser: Browser;
  let page: Page;
  let predictor: PublishedPredictor;
  /** Synthetic speech at 24,414 Hz (resampled everywhere) and a longer recording at 16 kHz (several windows). */
  let clip: Uint8Array;
  let long: Uint8Array;

  beforeAll(async () => {
    const withMicrophone = openChromium("--use-fake-device-for-media-stream"); // which nobody allows
    [served, browser] = await Promise.all([buildAndServe(), withMicrophone]);
    [clip] = (await sampleClips("YAF", 1)) as [Uint8Array];
    long = encodeWav(await joinClips(await sampleClips("1001", 3), 2), 16_000);
    predictor = await loadPredictor({ model: served.model });
    page = await openReady(browser, served.url);
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  /** What Node answers. */
  async function answerOf(bytes: Uint8Array): Promise<RecordingAnswer> {
    const wave = await decodeAudio(bytes, "a recording", { allowSilence: true });
    return answerRecording(predictor, wave, speechIn(await loadVoiceActivity(), wave.samples));
  }

  async function expectSame(shown: Record<string, number>, bytes: Uint8Array): Promise<void> {
    const { probabilities } = await answerOf(bytes);
    const { labels } = predictor.card;
    expect(Object.keys(shown)).toEqual(labels);
    for (const [k, label] of labels.entries()) {
      expect(Math.abs(shown[label]! - probabilities[k]!), label).toBeLessThan(1e-3);
    }
  }

  it("gives the probabilities of Node by WebAssembly: for a clip, a long recording and compressed sound", async () => {
    for (const [name, bytes] of [
      ["clip.wav", clip],
      ["long.wav", long],
      ...["flac", "mp3", "m4a", "opus", "vorbis"].map(
        (kind) => [`${kind}.bin`, readFileSync(`test/goldens/audio/sine.${kind}.bin`)] as const,
      ),
    ] as const) {
      await give(page, wav(name, bytes));
      await expectSame(await shownProbabilities(page), bytes);
    }
  });

  it("gives the probabilities of Node by WebGL", async () => {
    const other = await openReady(browser, served.url, "webgl");
    for (const bytes of [clip, long]) {
      await give(other, wav("clip.wav", bytes));
      await expectSame(await shownProbabilities(other), bytes);
    }
    await other.context().close();
  });

  it("shows no emotion where nobody speaks", async () => {
    const noise = Float32Array.from({ length: 32_000 }, (_, i) => 0.1 * Math.sin(i / 3));
    await give(page, wav("tone.wav", encodeWav(noise, 16_000)));
    expect(await page.locator("#emotion").textContent()).toBe(texts.noSpeechWord);
    expect(await page.locator("#note").textContent()).toBe(texts.noSpeech);
    expect(await page.locator("#bars").isVisible()).toBe(false);
    expect(await page.locator("#confidence-note").isVisible()).toBe(false);
    expect(await page.locator("#timeline-rows").textContent()).not.toMatch(
      new RegExp(predictor.card.labels.join("|")),
    );
  });

  it.each([
    ["broken", /is truncated: .* Copy or download the file again\./],
    ["text", /is no audio/],
    ["silent", problems.silent],
    ["huge", /has 300 MB; at most 200 are read\. Cut the recording into parts/],
  ])("says what is wrong with a %s file, and goes on", async (kind, sentence) => {
    const path = join(folder, `${kind}.wav`);
    writeFileSync(
      path,
      {
        broken: clip.subarray(0, clip.length / 2),
        text: Buffer.from("Dear diary"),
        silent: encodeWav(new Float32Array(16_000), 16_000),
        huge: Buffer.alloc(1),
      }[kind]!,
    );
    if (kind === "huge") truncateSync(path, 3e8); // a hole: nothing is written
    await give(page, path);
    expect(await page.locator("#problem").textContent()).toMatch(sentence);
    expect(await page.locator("#answer").isVisible()).toBe(false);
    await give(page, wav("clip.wav", clip));
    expect(await page.locator("#problem").isVisible()).toBe(false);
  });

  it.each(hostileNames.slice(0, 5))(
    "shows the name of a file as text, whatever stands in it: %s",
    async (name) => {
      const asked: string[] = [];
      page.on("dialog", (dialog) => asked.push(dialog.message()));
      for (const bytes of [clip, clip.subarray(0, clip.length / 2)]) {
        await give(page, wav(`${name}.wav`, bytes));
        expect(await page.locator("body").textContent()).toContain(name);
        expect(await page.locator("main img, main svg[onload], body > img").count()).toBe(0);
      }
      expect(asked).toEqual([]);
      page.removeAllListeners("dialog");
    },
  );

  it("can be used with the keyboard alone, and saves the timeline as CSV and PNG", async () => {
    await page.reload();
    await page.locator("html[data-backend]").waitFor({ state: "attached" });
    const isFocused = (id: string) => page.locator(`#${id}:focus`).waitFor({ timeout: 5_000 });
    const tab = async (id: string) => {
      await page.keyboard.press("Tab");
      await isFocused(id);
    };
    await page.keyboard.press("Tab"); // the link to the answer
    for (const id of ["theme", "record", "choose"]) await tab(id);
    const chooser = page.waitForEvent("filechooser");
    await page.evaluate("0"); // Chromium catches choosers only once it has been told to
    await page.keyboard.press("Enter");
    await (await chooser).setFiles(wav("long.wav", long));
    await page.locator("#sound:visible").waitFor();
    await tab("overlay");
    await page.keyboard.press("Space");
    expect(await page.locator("#overlay").isChecked()).toBe(false);
    await page.locator("#save-csv").focus();
    const [csv] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    expect(csv.suggestedFilename()).toBe("long-timeline.csv");
    const lines = readFileSync(await csv.path(), "utf8")
      .trim()
      .split("\n");
    const { timeline } = await answerOf(long);
    expect(lines).toHaveLength(timeline.length + 1);
    expect(lines[1]).toMatch(new RegExp(`^0,1,${timeline[0]!.emotion},0\\.\\d+,1,[01](,\\d(\\.\\d+)?){8}$`));
    await tab("save-png");
    const [png] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    expect(
      readFileSync(await png.path())
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
  });

  it.each(["light", "dark"])("has no violation that axe finds, in %s", async (look) => {
    await page.locator("#theme").selectOption(look);
    await give(page, wav("clip.wav", clip));
    await page.evaluate(readFileSync(createRequire(__filename).resolve("axe-core/axe.min.js"), "utf8"));
    const found = (await page.evaluate("axe.run()")) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    expect(told).toEqual([]);
  });

  it("says that the microphone was refused", async () => {
    await page.locator("#record").click();
    await page.locator("#problem:visible").waitFor();
    expect(await page.locator("#problem").textContent()).toBe(problems.microphoneRefused);
    expect(await page.locator("#record").isEnabled()).toBe(true);
  });

  it("answers a microphone while it is spoken into, and for the whole recording at its end", async () => {
    const path = join(folder, "microphone.wav");
    writeFileSync(path, encodeWav(await joinClips([clip], 0), 16_000)); // Chromium plays it over and over
    const microphone = await openChromium(
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-audio-capture=${path}`,
    );
    try {
      const live = await openReady(microphone, served.url);
      await live.locator("#record").click();
      await live.locator("#timeline-picture[data-live=true]").waitFor({ state: "attached" });
      await live.locator("#level[data-seconds]").waitFor();
      await live.waitForFunction(() => {
        const rows = document.querySelectorAll("#timeline-rows tr td:nth-child(2)");
        return Array.from(rows).some((cell) => cell.textContent !== "No speech");
      });
      expect(Object.values(await shownProbabilities(live)).reduce((a, b) => a + b)).toBeCloseTo(1, 3);
      await live.locator("#record").click();
      await live.locator("#sound:visible").waitFor();
      expect(await live.locator("#problem").isVisible()).toBe(false); // also where answers came late
      expect(await live.locator("#answer-of").textContent()).toMatch(/^Your recording, \d+\.\d s$/);
      expect(await live.locator("#emotion").textContent()).not.toBe("");
      expect(await live.locator("#player").getAttribute("src")).toMatch(/^blob:/);
    } finally {
      await microphone.close();
    }
  });

  it("works without a connection after the first visit", async () => {
    const own = await serveWeb(served.folder, 0, "another-token");
    const visitor = await openReady(browser, own.url);
    await visitor.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await own.close();
    const again = await visitor.context().newPage();
    again.setDefaultTimeout(patienceMs);
    await again.goto(`${own.url}?backend=wasm`);
    await again.locator("html[data-backend]").waitFor({ state: "attached" });
    const bytes = readFileSync("test/goldens/audio/sine.mp3.bin"); // its decoder was never asked for before
    await give(again, wav("sine.mp3", bytes));
    await expectSame(await shownProbabilities(again), bytes);
    await again.goto(`${own.url}responsible-use.html`);
    expect(await again.locator("h1").textContent()).toBe("Responsible use");
    await visitor.context().close();
  });

  it("opens again on a host that sends its files' addresses on to shorter ones", async () => {
    const host = createServer((request, response) => {
      const { pathname } = new URL(request.url!, served.url);
      const shorter = pathname.replace(/(index)?\.html$/, "");
      if (shorter !== pathname) return void response.writeHead(308, { location: shorter }).end();
      const file = pathname === "/responsible-use" ? "responsible-use.html" : `.${pathname}`;
      void fetch(new URL(file, served.url)).then(async ({ status, headers, body }) => {
        response.writeHead(status, { "content-type": headers.get("content-type") ?? "" });
        response.end(body === null ? undefined : Buffer.from(await new Response(body).arrayBuffer()));
      });
    });
    await new Promise<void>((listening) => host.listen(0, "127.0.0.1", listening));
    try {
      const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}/`;
      const visitor = await openReady(browser, url);
      await visitor.waitForFunction(() => navigator.serviceWorker.controller !== null);
      await visitor.reload();
      await visitor.locator('html[data-backend="wasm"]').waitFor({ state: "attached" });
      await visitor.context().close();
    } finally {
      host.closeAllConnections();
      host.close();
    }
  });

  it.each([
    ["lacks WebAssembly", "delete globalThis.WebAssembly", "#status", problems.unsupported],
    ["has no backend that was asked for", "", "#problem", problems.noBackend],
  ])("says what to do in a browser that %s", async (_what, script, place, sentence) => {
    const context = await browser.newContext();
    await context.addInitScript(script);
    const other = await context.newPage();
    await other.goto(`${served.url}?backend=webgpu`);
    await other.locator(place, { hasText: sentence }).waitFor({ timeout: patienceMs });
    await context.close();
  });

  it("says that the model did not arrive, and that it needs JavaScript where there is none", async () => {
    const context = await browser.newContext({ serviceWorkers: "block" });
    await context.route("**/weights-*.bin", (route) => route.abort());
    const other = await context.newPage();
    await other.goto(`${served.url}?backend=wasm`);
    await other.locator("#problem", { hasText: problems.noModel }).waitFor({ timeout: patienceMs });
    await context.close();
    const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await plain.goto(served.url);
    expect(await plain.locator("#status").textContent()).toBe(problems.noJavaScript);
    await plain.context().close();
  });

  it("asks no other host for anything, and is less than 12 MB", async () => {
    const asked: string[] = [];
    const context = await browser.newContext();
    context.on("request", (request) => asked.push(request.url()));
    const other = await context.newPage();
    await other.goto(served.url);
    await other.locator("html[data-backend]").waitFor({ state: "attached", timeout: patienceMs });
    expect(asked.filter((url) => !url.startsWith(served.url))).toEqual([]);
    expect(served.bytes).toBeLessThan(12e6);
    await context.close();
  });

  it("says how often the model is right, of how many clips and within which interval", async () => {
    const { n, accuracy } = predictor.card.metrics.test.all!;
    const shown = await page.locator("#model").textContent();
    expect(shown).toContain(`right for ${Math.round(100 * accuracy.value)}% of ${n.toLocaleString("en")} `);
    const [low, high] = accuracy.clip.map((bound) => `${Math.round(100 * bound)}%`);
    expect(shown).toContain(`95% interval ${low} to ${high}`);
  });

  it("names its stand-in only where the model page is not in the build", async () => {
    const shown = await page.locator("#model").textContent();
    expect(shown?.includes(sentences.standIn)).toBe(predictor.card.name !== "page");
  });
});
