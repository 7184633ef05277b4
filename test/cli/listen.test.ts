import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { hum, pcmOf, wavOf } from "../service/recordings.js";

interface Told {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `affectlab listen` with bytes on standard input, or what `feed` does with the running process. */
function listen(
  args: readonly string[],
  input: Buffer,
  { path = process.env.PATH ?? "", stopAtAnswer = 0 } = {},
): Promise<Told> {
  const child = spawn(process.execPath, [join(packageRoot, "bin/affectlab.cjs"), "listen", ...args], {
    env: { ...process.env, PATH: path },
  });
  let [out, err] = ["", ""];
  let isStopped = false;
  child.stdout.on("data", (piece: Buffer) => {
    out += piece.toString();
    if (isStopped || stopAtAnswer === 0 || out.split("\n").length <= stopAtAnswer) return;
    isStopped = true; // once: a second signal may meet a process whose handlers are gone already
    child.kill("SIGTERM");
  });
  child.stderr.on("data", (piece: Buffer) => {
    err += piece.toString();
  });
  child.stdin.on("error", () => {}); // a reader that stops early
  if (stopAtAnswer === 0) child.stdin.end(input);
  else child.stdin.write(input);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

const resnet = ["--model", "resnet"];

describe("affectlab listen", () => {
  it("answers raw samples and a container alike, a JSON object a line", async () => {
    const sound = hum(3);
    const raw = await listen(["-", ...resnet, "--json", "--format", "s16le"], pcmOf(sound));
    const container = await listen(["-", ...resnet, "--json"], wavOf(sound));
    const lines = raw.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(raw.code).toBe(0);
    expect(lines.slice(0, -1).map(({ end }) => end)).toEqual([0.5, 1, 1.5, 2, 2.5, 3]);
    expect(lines.at(-1)).toMatchObject({ type: "summary", seconds: 3, answers: 6, skipped: 0, dropped: 0 });
    // The two decoders differ in the last bit of a sample.
    const emotions = (out: string) => [...out.matchAll(/"emotion":"(\w+)"/g)].map(([, name]) => name);
    expect(emotions(container.out)).toEqual(emotions(raw.out));
  });

  it("ends with a summary and exit code 0 when it is terminated", async () => {
    const { code, out, err } = await listen(["-", ...resnet, "--format", "s16le"], pcmOf(hum(2)), {
      stopAtAnswer: 2,
    });
    expect(code).toBe(0);
    expect(out.trim().split("\n").length).toBeGreaterThanOrEqual(2);
    expect(err).toMatch(/s heard, \d+ answers, nothing dropped\.\n$/);
  });

  it("hears what a recording program records, live", async () => {
    const folder = mkdtempSync(join(tmpdir(), "affectlab-microphone-"));
    writeFileSync(join(folder, "sound.raw"), pcmOf(hum(1)));
    const program = `#!/bin/sh\necho 'overrun!!! (at least 3 ms long)' >&2\nexec /bin/cat ${folder}/sound.raw\n`;
    writeFileSync(join(folder, "parec"), program, { mode: 0o755 });
    const { code, err } = await listen(resnet, Buffer.alloc(0), { path: folder });
    expect(code).toBe(0);
    expect(err).toMatch(/microphone \(parec\)/);
    expect(err).toMatch(/1\.0 s heard.*behind the sound.*the recorder lost sound 1 times/);
  });

  it.each([
    [["-"], "words, no sound", /Standard input is no audio.*--rate/],
    [[], "", /no program here that records.*arecord.*affectlab listen -/],
    [["talk.wav"], "", /affectlab predict talk\.wav/],
    [["-", "--rate", "8000"], "", /--format s16le/],
  ])("explains %j", async (args, input, reason) => {
    const { code, err } = await listen([...args, ...resnet], Buffer.from(input), { path: "/nowhere" });
    expect(code).toBe(1);
    expect(err).toMatch(reason);
    expect(err).not.toMatch(/^\s+at /m);
  });
});
