// The parsers that are fuzzed: what each is given, from which beginnings, and what it may answer.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compiled } from "../../benchmark/compiled.mjs";
import { places } from "../../setup/places.mjs";
import { silentFlac } from "./silent-flac.mjs";

/**
 * @typedef {object} Target
 * @property {string} title
 * @property {number} mostBytes of an input
 * @property {(folder: string) => Promise<Fuzzed>} open `folder` is the target's to write in
 */

/**
 * @typedef {object} Fuzzed
 * @property {readonly Uint8Array[]} seeds
 * @property {(bytes: Uint8Array) => unknown} run throws a LabError for an input that is refused; anything else is a defect
 */

const encoder = new TextEncoder();
/** @param {Uint8Array} bytes */
const textOf = (bytes) => new TextDecoder().decode(bytes);
/** @param {string} folder @param {RegExp} names */
const filesOf = (folder, names) =>
  readdirSync(folder)
    .filter((name) => names.test(name))
    .map((name) => new Uint8Array(readFileSync(join(folder, name))));

/** @type {Record<string, Target>} */
export const targets = {
  audio: {
    title: "audio containers",
    mostBytes: 10_000_000,
    async open() {
      /** @type {typeof import("../../../src/audio/decode.js")} */
      const { decodeAudio } = compiled("audio/decode");
      const { encodeWav } = compiled("audio/encode-wav");
      /** @type {typeof import("../../../src/audio/limits.js")} */
      const { usualLimits } = compiled("audio/limits");
      // A file of 10 MB may hold much more, and decoding takes a fortieth of the time that its sound lasts.
      const limits = { ...usualLimits, mostSamples: 2_000_000, mostSeconds: 60 };
      const tone = Float32Array.from({ length: 2000 }, (_, i) => 0.5 * Math.sin(i / 5));
      return {
        seeds: [
          encodeWav(tone, 16_000),
          encodeWav(tone, 44_100),
          ...filesOf(join(places.root, "test", "goldens", "audio"), /\.bin$/),
          silentFlac(1), // made long, it is a small file that holds much
        ],
        run: (bytes) => decodeAudio(bytes, "input", { allowSilence: true, limits }),
      };
    },
  },
  archives: {
    title: "zip archives",
    mostBytes: 1_000_000,
    async open(folder) {
      const { extractZip } = compiled("corpora/unzip");
      const path = join(folder, "archive.zip");
      return {
        seeds: [zipOf("Actor_01/03-01-01-01-01-01-01.wav", encoder.encode("sound".repeat(40)))],
        async run(bytes) {
          writeFileSync(path, bytes);
          rmSync(join(folder, "out"), { recursive: true, force: true });
          mkdirSync(join(folder, "out"));
          await extractZip(path, join(folder, "out"), () => true);
        },
      };
    },
  },
  names: {
    title: "corpus file names",
    mostBytes: 10_000,
    async open() {
      /** @type {typeof import("../../../src/corpora/registry.js")} */
      const { corpora } = compiled("corpora/registry");
      return {
        seeds: [
          "03-01-05-02-01-01-16.wav",
          "1001_DFA_ANG_XX.wav",
          "1076_MTI_SAD_XX.wav",
          "OAF_back_angry.wav",
          "OA_bite_neutral.wav",
          "YAF_youth_ps.wav",
        ].map((name) => encoder.encode(name)),
        run(bytes) {
          const name = textOf(bytes);
          for (const corpus of corpora) {
            if (!corpus.recognises(name)) continue;
            const { emotion } = corpus.parse(name);
            if (typeof emotion !== "string") throw new Error(`${name} has the emotion ${emotion}`);
            if (/(^|\/)\.\.(\/|$)|^\//.test(corpus.place(name)))
              throw new Error(`${name} would leave the folder`);
          }
        },
      };
    },
  },
  labels: {
    title: "labels.csv and the manifest of a corpus",
    mostBytes: 10_000_000,
    async open(folder) {
      const { parseOwnLabels } = compiled("corpora/own-labels");
      const { readManifest } = compiled("corpora/manifest");
      return {
        seeds: [
          'file,emotion,speaker,sex,age\na.wav,happy,anna,f,30\n"b,c.wav",sad,"bo ""b""",male,\n',
          `file,sha256,bytes,modified_ms,duration_seconds,source\na.wav,${"0".repeat(64)},10,20,1.5,original\n`,
        ].map((text) => encoder.encode(text)),
        async run(bytes) {
          writeFileSync(join(folder, "manifest.csv"), bytes);
          const results = await Promise.allSettled([
            (async () => {
              for (const { file } of parseOwnLabels(textOf(bytes), "labels.csv"))
                if (file.startsWith("/") || file.split("/").includes(".."))
                  throw new Error(`${file} leaves the folder`);
            })(),
            readManifest(folder),
          ]);
          throwDefects(results);
        },
      };
    },
  },
  safetensors: {
    title: "safetensors and the project's checkpoints",
    mostBytes: 10_000_000,
    async open(folder) {
      const { decodeSafetensors, encodeSafetensors } = compiled("core/safetensors");
      const { readCheckpoint, writeCheckpoint } = compiled("training/checkpoint");
      const path = join(folder, "last.safetensors");
      const vector = Float32Array.of(1, 2, 3);
      const optimiser = {
        step: 3,
        weights: vector,
        average: vector,
        firstMoment: vector,
        secondMoment: vector,
      };
      const state = {
        epoch: 1,
        stepInEpoch: 0,
        random: null,
        lossSum: 0,
        epochSeconds: 0,
        history: [],
        bestEpoch: 1,
        bestUar: 0.5,
        seconds: 1,
      };
      await writeCheckpoint(path, { runHash: "abc", state, optimiser });
      const arrays = [{ name: "a", shape: [2, 3], values: new Float32Array(6) }];
      return {
        seeds: [
          encodeSafetensors({ arrays, metadata: { key: "value" } }),
          new Uint8Array(readFileSync(path)),
        ],
        async run(bytes) {
          writeFileSync(path, bytes);
          throwDefects(
            await Promise.allSettled([
              (async () => checkArrays(decodeSafetensors(bytes, "input")))(),
              readCheckpoint(path, "abc"),
            ]),
          );
        },
      };
    },
  },
  weights: {
    title: "published weights: model.json and weights.bin",
    mostBytes: 1_000_000,
    open: (folder) => openPublished(folder, ["model.json", "weights.bin"]),
  },
  cards: {
    title: "cards",
    mostBytes: 1_000_000,
    open: (folder) => openPublished(folder, ["card.json"]),
  },
  results: {
    title: "results: metrics.json, predictions and history",
    mostBytes: 1_000_000,
    async open(folder) {
      const { verifyPublished } = compiled("cli/verify-published");
      const place = join(folder, "root", "results", "speaker-independent", "lstm", "seed-0");
      const names = ["metrics.json", "predictions.csv", "predictions-validation.csv", "history.csv"];
      const original = join(folder, "original");
      mkdirSync(original);
      // A few clips of it: the intervals of thousands take longer than reading them, and tell nothing here.
      for (const name of names) {
        const text = readFileSync(
          join(places.root, "results", "speaker-independent", "lstm", "seed-0", name),
          "utf8",
        );
        const isTable = name.startsWith("predictions");
        writeFileSync(join(original, name), isTable ? `${text.split("\n").slice(0, 40).join("\n")}\n` : text);
      }
      const settings = {
        home: join(folder, "home"),
        root: join(folder, "root"),
        profile: "sample",
        seed: 0,
        precision: "auto",
      };
      return openFiles(names, place, original, async () => {
        const [verification] = await verifyPublished(settings);
        if (verification === undefined) throw new Error("the result is not listed");
      });
    },
  },
  settings: {
    title: "settings: affectlab.json",
    mostBytes: 100_000,
    async open(folder) {
      const { resolveSettings } = compiled("core/settings");
      return {
        seeds: [encoder.encode('{ "home": "store", "profile": "quick", "seed": 3, "precision": "float32" }')],
        run(bytes) {
          writeFileSync(join(folder, "affectlab.json"), bytes);
          const { home, seed } = resolveSettings({ root: folder });
          if (typeof home !== "string" || !Number.isInteger(seed))
            throw new Error(`settings ${home}, ${seed}`);
        },
      };
    },
  },
  requests: {
    title: "requests to the service",
    mostBytes: 10_000_000,
    open: async () => (await import("./service-target.mjs")).openService(),
  },
};

/**
 * A published model of which one file is replaced by the input, loaded and asked about a second of sound.
 * @param {string} folder
 * @param {readonly string[]} names
 * @returns {Promise<Fuzzed>}
 */
async function openPublished(folder, names) {
  /** @type {typeof import("../../../src/inference/load-predictor.js")} */
  const { loadPredictor } = compiled("inference/load-predictor");
  /** @type {typeof import("../../../src/inference/predict.js")} */
  const { predictWaves } = compiled("inference/predict");
  const wave = {
    samples: Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(i / 9)),
    sampleRate: /** @type {const} */ (16_000),
  };
  const model = join(folder, "lstm");
  const original = join(places.root, "models", "lstm", "speaker-independent");
  cpSync(original, model, { recursive: true });
  return openFiles(names, model, original, async () => {
    const predictor = await loadPredictor({ model, root: folder });
    try {
      const [answer] = predictWaves(predictor, [wave]);
      const sum = answer?.probabilities.reduce((total, one) => total + one, 0) ?? 0;
      if (!(Math.abs(sum - 1) < 1e-3)) throw new Error(`the probabilities sum to ${sum}`);
    } finally {
      predictor.plan?.dispose();
      predictor.model.dispose();
    }
  });
}

/**
 * Inputs for several files of a folder: the first byte says which of them the rest is.
 * @param {readonly string[]} names
 * @param {string} folder
 * @param {string} original
 * @param {() => Promise<void>} use
 * @returns {Fuzzed}
 */
function openFiles(names, folder, original, use) {
  mkdirSync(folder, { recursive: true });
  for (const name of names) cpSync(join(original, name), join(folder, name));
  return {
    seeds: names.map(
      (name, i) => new Uint8Array(Buffer.concat([Uint8Array.of(i), readFileSync(join(original, name))])),
    ),
    async run(bytes) {
      const name = /** @type {string} */ (names[(bytes[0] ?? 0) % names.length]);
      writeFileSync(join(folder, name), bytes.subarray(1));
      try {
        await use();
      } finally {
        cpSync(join(original, name), join(folder, name));
      }
    },
  };
}

/**
 * Throws the first reason that is no refusal made for people, else the first refusal.
 * @param {readonly PromiseSettledResult<unknown>[]} results
 */
function throwDefects(results) {
  const reasons = results.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  const first = reasons.find((reason) => reason?.name !== "LabError") ?? reasons[0];
  if (first !== undefined) throw first;
}

/** @param {{ arrays: readonly { name: string, shape: readonly number[], values: Float32Array }[] }} file */
function checkArrays({ arrays }) {
  for (const { name, shape, values } of arrays)
    if (values.length !== shape.reduce((product, length) => product * length, 1))
      throw new Error(`${name} has not its shape`);
}

/**
 * An archive of one stored file (APPNOTE 4.3).
 * @param {string} name
 * @param {Uint8Array} data
 */
function zipOf(name, data) {
  const { crc32 } = process.getBuiltinModule("node:zlib");
  const title = Buffer.from(name);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt32LE(crc32(data), 14);
  local.writeUInt32LE(data.length, 18);
  local.writeUInt32LE(data.length, 22);
  local.writeUInt16LE(title.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  local.copy(central, 16, 14, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + title.length, 12);
  end.writeUInt32LE(local.length + title.length + data.length, 16);
  return new Uint8Array(Buffer.concat([local, title, data, central, title, end]));
}
