import { type Command, Option } from "commander";
import { type ProtocolName, protocolNames } from "../protocols/split.js";
import { namesList } from "./global-options.js";

/** What decides a run beside its model: which clips, and what of the recipe is changed. */
export interface RunFlags {
  readonly protocol: ProtocolName;
  readonly fold?: string;
  readonly corpora?: string[];
  readonly set: string[];
}

/** Adds the options of a run: --protocol, --fold, --corpora and --set, whose meaning `whatSetChanges` tells. */
export function addRunOptions(command: Command, whatSetChanges: string): Command {
  return command
    .addOption(
      new Option("-p, --protocol <name>", "how clips are divided")
        .choices(protocolNames)
        .makeOptionMandatory(),
    )
    .option("-f, --fold <name>", "1 to 6 for emobox-ravdess, the held-out corpus for leave-one-corpus-out")
    .option("-c, --corpora <names>", "corpora, separated by commas (default: the protocol's)", namesList)
    .option(
      "-s, --set <field=value>",
      `${whatSetChanges}; may be repeated`,
      (assignment: string, before: string[]) => [...before, assignment],
      [],
    );
}
