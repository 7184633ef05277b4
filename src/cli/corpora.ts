import type { Command } from "commander";
import { addCorporaFilling } from "./corpora-filling.js";
import { listCorporaTable, verifyCorpora, viewCorpora } from "./corpora-looking.js";
import { openWorkplace } from "./global-options.js";

/** `affectlab corpora`: what there is to learn from, and how it gets there. */
export function addCorporaCommand(program: Command): void {
  const corpora = program
    .command("corpora")
    .description(
      "List, download, import, verify and view corpora; add one's own recordings; make the sample.",
    )
    .addHelpText(
      "after",
      `
Examples:
  affectlab corpora                                         what is there
  affectlab corpora import all --from ~/recordings          a folder that is on the disk, any nesting
  affectlab corpora download crema-d                        from the publisher
  affectlab corpora add mine --from takes --labels labels.csv
  affectlab corpora make sample                             synthetic speech, in the published layouts`,
    );
  corpora
    .command("list", { isDefault: true })
    .description("List the published corpora, the sample and one's own (the default).")
    .option("--json", "print JSON instead of a table")
    .addHelpText("after", "\nExamples:\n  affectlab corpora\n  affectlab corpora list --json")
    .action(async ({ json }: { json?: true }, command: Command) => {
      await listCorporaTable((await openWorkplace(command)).settings, json === true);
    });
  corpora
    .command("verify")
    .description(
      "Read every file again and compare it with what was imported and with the publisher's checksums.",
    )
    .argument("[names...]", "corpora (default: every one that is there)")
    .addHelpText("after", "\nExamples:\n  affectlab corpora verify\n  affectlab corpora verify tess")
    .action(async (names: string[], _flags: unknown, command: Command) => {
      await verifyCorpora(names, await openWorkplace(command));
    });
  corpora
    .command("view")
    .description("Lay recordings out by emotion: eight folders of links.")
    .argument("<dir>", "a new or an empty folder")
    .argument("[names...]", "corpora, or sample (default: every corpus that is there)")
    .addHelpText(
      "after",
      "\nExamples:\n  affectlab corpora view ~/by-emotion\n  affectlab corpora view ~/by-emotion crema-d",
    )
    .action(async (dir: string, names: string[], _flags: unknown, command: Command) => {
      await viewCorpora(dir, names, await openWorkplace(command));
    });
  addCorporaFilling(corpora);
}
