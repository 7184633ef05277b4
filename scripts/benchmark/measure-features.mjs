// Clips a second of processor time, on one core and warm, of the features of a clip of 3 s at 16 kHz; one line of JSON on stdout.
//
//     node scripts/benchmark/measure-features.mjs [seconds for each figure, default 1]
//
// features_librosa.py beside it measures librosa on the same clip with the same parameters.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { defaultLogMel } = require("../../dist/features/feature-spec.js");
const { logMel } = require("../../dist/features/log-mel.js");
const { mfcc } = require("../../dist/features/mfcc.js");
const { whisperMel } = require("../../dist/features/whisper-mel.js");
const { createRandom } = require("../../dist/core/random.js");

const secondsEach = Number(process.argv[2] ?? 1);
const random = createRandom(1);
const samples = Float32Array.from({ length: 48_000 }, (_, n) => {
  return 0.5 * Math.sin(n * (0.02 + n * 1e-6)) + 0.05 * random.between(-1, 1);
});
const cepstral = { ...defaultLogMel, coefficients: 40 };

const tasks = {
  logMel: () => logMel(samples, defaultLogMel),
  mfcc: () => mfcc(samples, { ...cepstral, deltas: false }),
  mfccDeltas: () => mfcc(samples, { ...cepstral, deltas: true }),
  whisperMel: () => whisperMel(samples),
};
for (const task of Object.values(tasks)) for (let i = 0; i < 50; i++) task();

const clipsPerSecond = Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, rateOf(task)]));
console.log(JSON.stringify({ side: "ours", unit: "clips/s", threads: 1, clipsPerSecond }));

/**
 * The median over rounds of 10 clips, by processor time, so that whatever else runs tells little.
 *
 * @param {() => unknown} task
 */
function rateOf(task) {
  const rates = [];
  const end = performance.now() + 1000 * secondsEach;
  while (performance.now() < end) {
    const start = process.cpuUsage();
    for (let i = 0; i < 10; i++) task();
    const { user, system } = process.cpuUsage(start);
    rates.push(1e7 / (user + system));
  }
  rates.sort((a, b) => a - b);
  return Math.round(10 * rates[Math.floor(rates.length / 2)]) / 10;
}
