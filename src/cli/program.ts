import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { packageRoot } from "../core/settings.js";
import { addCompareCommand } from "./compare.js";
import { addCorporaCommand } from "./corpora.js";
import { addDoctorCommand } from "./doctor.js";
import { addEnsembleCommand } from "./ensemble.js";
import { addEvaluateCommand } from "./evaluate.js";
import { addExportCommand } from "./export.js";
import { addGlobalOptions } from "./global-options.js";
import { addListenCommand } from "./listen.js";
import { addPredictCommand } from "./predict.js";
import { addPublishCommand } from "./publish.js";
import { addRunsCommand } from "./runs.js";
import { addSearchCommand } from "./search.js";
import { addServeCommand } from "./serve.js";
import { addStudyCommand } from "./study.js";
import { addTrainCommand } from "./train.js";
import { addVerifyCommand } from "./verify.js";
import { addWeightsCommand } from "./weights.js";

/** The whole command line; each command loads what it needs when it runs, so that help comes at once. */
export function createProgram(): Command {
  const program = addGlobalOptions(new Command("affectlab"))
    .description("A laboratory for speech emotion recognition: corpora, training, evaluation, prediction.")
    .version(version())
    .exitOverride()
    .showHelpAfterError("(add --help for more)")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      "after",
      `
Settings come from options, else from the environment, else from affectlab.json in the checkout, else from defaults.
Exit codes: 0 well, 1 failed, 2 wrong usage, 70 a defect of affectlab, 130 interrupted (Ctrl-C), 143 terminated.

Examples:
  affectlab corpora                                      what there is to learn from
  affectlab train resnet --protocol combined             synthetic speech, seconds
  affectlab train resnet --protocol combined --profile full
  affectlab runs list
  affectlab predict recording.wav`,
    );
  addCorporaCommand(program);
  addTrainCommand(program);
  addSearchCommand(program);
  addStudyCommand(program);
  addEvaluateCommand(program);
  addRunsCommand(program);
  addPublishCommand(program);
  addExportCommand(program);
  addEnsembleCommand(program);
  addCompareCommand(program);
  addVerifyCommand(program);
  addWeightsCommand(program);
  addPredictCommand(program);
  addListenCommand(program);
  addServeCommand(program);
  addDoctorCommand(program);
  return program;
}

function version(): string {
  return (JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string }).version;
}
