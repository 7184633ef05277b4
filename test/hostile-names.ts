import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { encodeWav } from "../src/audio/encode-wav.js";
import { emotions } from "../src/corpora/emotions.js";

/** What a file, a speaker or a note may be called by somebody who means harm. */
export const hostileNames: readonly string[] = [
  "<img src=x onerror=alert(1)>",
  '"><svg onload=alert(1)>',
  "'); alert(1); ('",
  "<!--<script>alert(1)<script>",
  "**bold** [link](javascript:alert(1)) ![x](https:evil.example) $x$",
  "\u001b[31mred\u001b]0;title\u0007\u009b2J",
  "two\nlines\r\tand a tab",
  "\u202egnp.\u202c",
  "$(touch pwned) `touch pwned`; touch pwned",
  "-rf",
  "&lt;b&gt; &amp; {{ 7 * 7 }} %s %n",
];

/** What no terminal, table or page may get of them: control characters, but for line ends, and format characters. */
export const steering = /[^\P{Cc}\n]|\p{Cf}/u;

/** Writes a folder of recordings with these names, labels.csv with these speakers and sentences. Gives the folder. */
export function writeHostileCorpus(root: string): string {
  const folder = join(root, "hostile");
  mkdirSync(folder);
  const rows = hostileNames.map((name, i) => {
    const tone = Float32Array.from({ length: 16_000 }, (_, n) => 0.3 * Math.sin(((i + 3) * n) / 40));
    writeFileSync(join(folder, `${name}.wav`), encodeWav(tone, 16_000));
    return { file: `${name}.wav`, emotion: emotions[i % emotions.length], speaker: name, sentence: name };
  });
  writeFileSync(join(folder, "labels.csv"), stringify(rows, { header: true }));
  return folder;
}
