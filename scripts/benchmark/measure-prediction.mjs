// How long one answer takes: warm, from decoded samples; and cold, a command from its start to its answer.
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../setup/places.mjs";
import { SetupError } from "../setup/setup-error.mjs";
import { threeSeconds } from "./clip.mjs";
import { compiled } from "./compiled.mjs";
import { makeRow } from "./row.mjs";

/** @type {typeof import("../../src/audio/encode-wav.js")} */
const { encodeWav } = compiled("audio/encode-wav");

/** @typedef {import("./results-file.mjs").Row} Row */
/** @typedef {import("./workplace.mjs").Workplace} Workplace */

/** Probabilities may differ by what sums in another order make of decibels. */
const tolerance = 1e-3;

/** @param {Workplace} workplace @returns {Promise<Row[]>} */
export async function measureClipLatency({ sides: { ours, pytorch }, effort, folder }) {
  const path = join(folder, "predictor.safetensors");
  const prepared = await ours.ask({ do: "prepareClip", path });
  const twin = await pytorch.ask({ do: "prepareClip", path, card: prepared.card });
  const distance = Math.max(
    ...prepared.probabilities.map((/** @type {number} */ p, /** @type {number} */ i) =>
      Math.abs(p - twin.probabilities[i]),
    ),
  );
  if (!(distance <= tolerance))
    throw new SetupError(`predict-clip: PyTorch's probabilities differ from ours by ${distance}.`);
  const times = { ours: /** @type {number[]} */ ([]), pytorch: /** @type {number[]} */ ([]) };
  for (let round = 0; round < effort.rounds; round++) {
    times.ours.push((await ours.ask({ do: "measureClips", seconds: effort.seconds })).milliseconds);
    times.pytorch.push((await pytorch.ask({ do: "measureClips", seconds: effort.seconds })).milliseconds);
  }
  const note = "published ResNet, 3 s of decoded samples to probabilities, features included, warm";
  return [makeRow({ task: "predict-clip", unit: "ms", note, repeats: times })];
}

/** @param {Workplace} workplace @returns {Promise<Row[]>} */
export async function measureColdStart({ sides: { ours }, effort, folder, pytorchPython }) {
  const path = join(folder, "predictor.safetensors");
  const { card } = await ours.ask({ do: "prepareClip", path });
  const [wav, cardPath] = [join(folder, "clip.wav"), join(folder, "card.json")];
  await writeFile(wav, encodeWav(threeSeconds(), 16_000));
  await writeFile(cardPath, JSON.stringify(card));
  const predict = [process.execPath, join(root, "bin", "affectlab.cjs"), "predict", wav];
  const script = join(root, "scripts", "benchmark", "pytorch_prediction.py");
  const commands = {
    usual: predict,
    resnet: [...predict, "--model", "resnet"],
    pytorch: [pytorchPython, script, path, cardPath, wav],
  };
  /** @type {Record<keyof typeof commands, number[]>} */
  const times = { usual: [], resnet: [], pytorch: [] };
  for (const command of Object.values(commands)) secondsOf(command); // the first start reads files from the disk
  for (let round = 0; round < effort.rounds; round++) {
    for (const side of /** @type {const} */ (["usual", "resnet", "pytorch"])) {
      times[side].push(secondsOf(commands[side]));
    }
  }
  return [
    makeRow({
      task: "predict-cold-start",
      unit: "s",
      note: "`affectlab predict FILE` from its start to its end, with the model that answers by default",
      repeats: { ours: times.usual },
      missing: { pytorch: "no twin is written for the default's model" },
    }),
    makeRow({
      task: "predict-cold-start-resnet",
      unit: "s",
      note: "the same with `--model resnet`, beside a Python script that does the same with PyTorch",
      repeats: { ours: times.resnet, pytorch: times.pytorch },
    }),
  ];
}

/** @param {readonly string[]} command */
function secondsOf([program, ...args]) {
  const start = performance.now();
  const done = spawnSync(/** @type {string} */ (program), args, { encoding: "utf8" });
  if (done.status !== 0) throw new SetupError(`${program} ${args[0]} failed:\n${done.stderr}`);
  return (performance.now() - start) / 1000;
}
