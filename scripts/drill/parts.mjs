// All parts of the drill, in the order in which they are done.
import { changingFiles } from "./changing-files.mjs";
import { dyingWorkers } from "./dying-workers.mjs";
import { equalRuns } from "./equal-runs.mjs";
import { fullDisk } from "./full-disk.mjs";
import { fuzzParts } from "./fuzz.mjs";
import { killCorpora } from "./kill-corpora.mjs";
import { killFeatures } from "./kill-features.mjs";
import { killNotebook } from "./kill-notebook.mjs";
import { killPredict } from "./kill-predict.mjs";
import { killPublish } from "./kill-publish.mjs";
import { killTraining } from "./kill-training.mjs";
import { listenLong } from "./listen.mjs";
import { locks } from "./locks.mjs";
import { readOnly } from "./read-only.mjs";
import { serveLoad } from "./serve.mjs";
import { sigterm } from "./sigterm.mjs";

/** @type {readonly import("./part.mjs").Part[]} */
export const parts = [
  killTraining,
  killFeatures,
  killCorpora,
  killNotebook,
  killPublish,
  killPredict,
  locks,
  sigterm,
  fullDisk,
  readOnly,
  changingFiles,
  dyingWorkers,
  equalRuns,
  listenLong,
  serveLoad,
  ...fuzzParts,
];
