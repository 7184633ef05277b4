import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeAudio } from "../../src/audio/decode.js";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { packageRoot } from "../../src/core/settings.js";
import { emotions } from "../../src/corpora/emotions.js";
import { planSample } from "../../src/corpora/sample/plan.js";
import { sampleSpeakers } from "../../src/corpora/sample/speakers.js";
import { synthesiseSpeaker } from "../../src/corpora/sample/synthesise-speaker.js";
import { wavBytes } from "../audio/wav-bytes.js";
import { temporaryFolder } from "../temporary-folder.js";

/** The published resnet answers: it is small. */
function predict(args: readonly string[], input?: Uint8Array) {
  const command = [join(packageRoot, "bin", "affectlab.cjs"), "predict", "--model", "resnet", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    encoding: "utf8",
    cwd: packageRoot,
    maxBuffer: 1e8,
    ...(input !== undefined && { input }),
  });
  return { code: status, out: stdout, err: stderr };
}

interface Told {
  readonly [field: string]: unknown;
  readonly file: string;
  readonly emotion: string;
  readonly probabilities: Record<string, number>;
  readonly timeline: { start: number; end: number; speech: boolean }[];
}

describe("affectlab predict", () => {
  const folder = temporaryFolder("predict");
  const at = (name: string): string => join(folder, name);
  let long: Uint8Array;
  beforeAll(async () => {
    const speaker = sampleSpeakers.find(({ name }) => name === "1001")!;
    const clips = planSample().filter((clip) => clip.speaker === speaker);
    const parts: Float32Array[] = [];
    for await (const { clip, bytes } of synthesiseSpeaker(speaker, clips.slice(0, 3))) {
      parts.push((await decodeAudio(bytes, clip.file)).samples, new Float32Array(32_000));
    }
    long = encodeWav(Float32Array.from(parts.flatMap((part) => Array.from(part))), 16_000);
    writeFileSync(at("long.wav"), long);
    writeFileSync(at("speech.wav"), encodeWav(parts[0]!, 16_000));
    writeFileSync(at("silence.wav"), encodeWav(new Float32Array(40_000), 16_000));
    writeFileSync(at("click.wav"), encodeWav(Float32Array.of(0.5, -0.5, 0.1), 16_000));
    writeFileSync(at("broken.wav"), encodeWav(parts[0]!, 16_000).subarray(0, 9_000));
    const square = Float32Array.from({ length: 44_100 }, (_, i) => (i % 100 < 50 ? 3e38 : -3e38));
    const data = new Uint8Array(square.buffer);
    writeFileSync(at("loud.wav"), wavBytes({ data, tag: 3, bits: 32, rateHz: 44_100 }));
  });

  it("answers every decodable file of a folder in one array, silence and a click too, and names the broken ones", () => {
    const { code, out, err } = predict([folder, "--json"]);
    expect(code).toBe(1);
    expect(err).toMatch(/broken\.wav is truncated/);
    expect(err).toMatch(/loud\.wav holds samples that are too large to be sound/);
    expect(err).toMatch(/^6 recordings, .*: 4 answered \(.*\), 2 without speech, \d unsure, 2 failed$/m);
    const answers = JSON.parse(out) as Told[];
    const speech = Object.fromEntries(
      answers.map((answer) => [answer.file.slice(folder.length + 1), answer.speech]),
    );
    expect(speech).toEqual({
      "click.wav": false,
      "long.wav": true,
      "silence.wav": false,
      "speech.wav": true,
    });
    for (const { emotion, probabilities, confidence, unsure } of answers) {
      expect(Object.keys(probabilities)).toEqual([...emotions]);
      const shares = Object.values(probabilities);
      expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 4);
      expect(probabilities[emotion]).toBe(Math.max(...shares));
      expect(confidence).toBeGreaterThan(0);
      expect(typeof unsure).toBe("boolean");
    }
  }, 240_000);

  it("answers what is named twice once, beside a folder that holds nothing", () => {
    const empty = temporaryFolder("empty");
    const { code, out, err } = predict([empty, at("click.wav"), `${folder}/./click.wav`, "--json"]);
    expect(code).toBe(1);
    expect((JSON.parse(out) as Told[]).map(({ file }) => file)).toEqual([at("click.wav")]);
    expect(err).toContain(`There is no recording in ${empty}.`);
  }, 240_000);

  it.each([
    ["an empty folder", () => temporaryFolder("empty"), /There is no recording in/],
    ["a broken file", () => at("broken.wav"), /broken\.wav is truncated/],
    ["standard input without a byte", () => "-", /^standard input is empty \(0 bytes\)/m],
  ])(
    "prints an empty array for %s",
    (_, path, reason) => {
      const { code, out, err } = predict([path(), "--json"], new Uint8Array(0));
      expect([code, JSON.parse(out)]).toEqual([1, []]);
      expect(err).toMatch(reason);
    },
    240_000,
  );

  it("names each file that a model has no answer for", () => {
    const damaged = join(temporaryFolder("damaged-model"), "model");
    cpSync(join(packageRoot, "models", "resnet", "speaker-independent"), damaged, { recursive: true });
    const weights = join(damaged, "weights.bin");
    writeFileSync(weights, readFileSync(weights).fill(0xff)); // NaN, of whatever width
    const { code, out, err } = predict([at("click.wav"), at("silence.wav"), "--json", "--model", damaged]);
    expect([code, JSON.parse(out)]).toEqual([1, []]);
    for (const name of ["click", "silence"])
      expect(err).toMatch(new RegExp(`${name}\\.wav: The model resnet gives no number`));
    expect(err).toMatch(/ 0 answered, .*, 2 failed$/m);
  }, 240_000);

  it("shows people no emotion where nobody speaks", () => {
    const { code, out } = predict([at("silence.wav"), at("speech.wav")]);
    expect(code).toBe(0);
    const [, silence, speech] = out.split("\n");
    expect(silence).toMatch(/silence\.wav +\(no speech\)$/);
    expect(speech).toMatch(/speech\.wav +[a-z]+\??( +\d+\.\d){9}$/);
  }, 240_000);

  it("reads standard input and writes a timeline as a picture, a page and rows", () => {
    const fromFile = JSON.parse(
      predict([at("long.wav"), "--json", "--timeline", at("long.svg")]).out,
    ) as Told[];
    const piped = predict(["-", "--json", "--timeline", at("long.html")], long);
    expect(piped.code, piped.err).toBe(0);
    expect(JSON.parse(piped.out)).toEqual([{ ...fromFile[0], file: "-" }]);
    const { timeline } = fromFile[0]!;
    expect(timeline.length).toBeGreaterThan(6);
    expect(new Set(timeline.map(({ speech }) => speech))).toEqual(new Set([true, false]));
    expect(readFileSync(at("long.svg"), "utf8")).toMatch(
      /^<svg [\s\S]*aria-label="Probability of each emotion/,
    );
    const page = readFileSync(at("long.html"), "utf8");
    expect(page).toContain("<svg ");
    expect(page).not.toMatch(/(src|href)="(?!data:)/); // nothing is fetched
    expect(predict([at("long.wav"), "--csv", "--hop", "0.5", "--timeline", at("long.csv")]).out).toMatch(
      /^file,duration,emotion,confidence,model,speech,unsure,p_neutral,.*\n.*long\.wav,/,
    );
    const rows = readFileSync(at("long.csv"), "utf8").trim().split("\n");
    expect(rows[0]).toMatch(/^start,end,emotion,confidence,speech,unsure,p_neutral/);
    expect(rows.length - 1).toBe(Math.ceil(timeline.at(-1)!.end / 0.5));
    const table = predict([at("long.wav")]).out;
    expect(table).toMatch(/^0:00\.0 – 0:0\d\.0 +[a-z]+\?? +\d+\.\d$/m);
    expect(table).toMatch(/^0:\d\d\.0 – 0:\d\d\.\d +\(no speech\)$/m);
  }, 240_000);

  it.each([
    [
      ["long.wav", "speech.wav", "--timeline", "both.svg"],
      1,
      /--timeline draws one recording, and 2 are given/,
    ],
    [["long.wav", "--timeline", "long.png"], 1, /cannot be written as .*long\.png.*\.svg, \.html, \.csv/],
    [["long.wav", "--hop", "0"], 2, /must be a number from 0\.1 up/],
    [["long.wav", "--json", "--csv"], 2, /cannot be used with option/],
    [["-"], 1, /standard input is empty \(0 bytes\)/],
  ])(
    "refuses %j",
    (args, code, reason) => {
      const told = predict(
        args.map((arg) => (/\.\w+$/.test(arg) && arg !== "0.1" ? at(arg) : arg)),
        new Uint8Array(0),
      );
      expect(told.err).toMatch(reason);
      expect(told.code).toBe(code);
      expect(told.err).not.toMatch(/^\s+at /m);
    },
    120_000,
  );
});
