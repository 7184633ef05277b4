import { compiled } from "./compiled.mjs";
import { executedNotebooks } from "./executed-notebooks.mjs";
import { htmlReports } from "./html-reports.mjs";
import { kernel } from "./kernel.mjs";
import { nativeKernels } from "./native-kernels.mjs";
import { npmPackages } from "./npm-packages.mjs";
import { pythonEnvironment } from "./python-environment.mjs";
import { sampleCorpus } from "./sample-corpus.mjs";
import { tensorflow } from "./tensorflow.mjs";

/** What a notebook needs to run. */
export const laboratory = [
  npmPackages,
  pythonEnvironment,
  tensorflow,
  nativeKernels,
  compiled,
  kernel,
  sampleCorpus,
];

/** What `npm start` ends with: every notebook executed on the sample corpus, and its report. */
export const showcase = [executedNotebooks, htmlReports];
