import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { LabError } from "../../core/errors.js";
import { type Profile, packageRoot, profiles, resolveSettings } from "../../core/settings.js";
import { buildReports } from "../reports/build-reports.js";
import { tellRuns } from "./run-lines.js";
import { runNotebooks } from "./run-notebooks.js";

interface Flags {
  readonly jobs: number;
  readonly profile?: Profile;
  readonly timeout: number;
  readonly output?: string;
  readonly inPlace?: true;
  readonly html?: string;
}

/** The command `nbconvert-runner`; resolves to its exit code (0 well, 1 a notebook failed, 2 usage, 130 interrupted). */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let code = 0;
  const command = new Command("nbconvert-runner")
    .description("Executes notebooks headless, each in its own process and kernel.")
    .argument("[notebooks...]", "notebooks to execute", undefined)
    .option("-j, --jobs <number>", "how many at the same time", wholeNumber, 1)
    .addOption(new Option("-p, --profile <name>", "how much is run").choices(profiles))
    .option("-t, --timeout <seconds>", "the most one cell may take; 0 for no limit", wholeNumber, 0)
    .option("-o, --output <folder>", "where executed notebooks go (default build/notebooks)")
    .option("--in-place", "replace the notebooks themselves, each only after a run without an error")
    .option("--html <folder>", "also write the HTML reports there")
    .addHelpText(
      "after",
      `
Without notebooks, every notebook of notebooks/ is executed. The profile is sample, quick or full (default: the
settings', else sample); notebooks read it from AFFECTLAB_PROFILE.

Exit codes: 0 every notebook ran, 1 a notebook failed, 2 wrong usage, 130 interrupted.

Examples:
  nbconvert-runner --jobs 2 --profile sample
  nbconvert-runner notebooks/03-resnet.ipynb --profile full --in-place
  nbconvert-runner notebooks/*.ipynb --timeout 600 --output build/notebooks --html build/reports`,
    )
    .exitOverride()
    .action(async (notebooks: string[], flags: Flags) => {
      code = await execute(notebooks, flags);
    });
  try {
    await command.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof LabError) {
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
    if (error instanceof Error && "exitCode" in error) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

async function execute(notebooks: readonly string[], flags: Flags): Promise<number> {
  if (flags.output !== undefined && flags.inPlace)
    throw new LabError("--output and --in-place exclude each other.", "Give one of them.");
  const paths = notebooks.length > 0 ? notebooks : committedNotebooks();
  const settings = resolveSettings(flags.profile === undefined ? {} : { profile: flags.profile });
  const interruption = new AbortController();
  const stop = (): void => interruption.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const results = await runNotebooks(paths, {
    profile: settings.profile,
    jobs: Math.max(1, flags.jobs),
    timeoutSeconds: flags.timeout,
    output: flags.inPlace ? null : (flags.output ?? join(packageRoot, "build", "notebooks")),
    listener: tellRuns(process.stderr),
    signal: interruption.signal,
  });
  process.off("SIGINT", stop).off("SIGTERM", stop);
  if (interruption.signal.aborted) return 130;
  const failed = results.filter((result) => result.failure !== null);
  if (flags.html !== undefined) {
    const executed = results.filter((result) => result.failure === null).map((result) => result.executed);
    await buildReports(executed, flags.html);
  }
  process.stderr.write(`${results.length - failed.length} executed, ${failed.length} failed\n`);
  return failed.length === 0 ? 0 : 1;
}

/** The notebooks of the checkout, in reading order. Throws LabError when there is none. */
export function committedNotebooks(folder = join(packageRoot, "notebooks")): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb") && !name.startsWith("."));
  if (names.length === 0)
    throw new LabError(`There is no notebook in ${folder}.`, "Give the path of a notebook.");
  return names.sort().map((name) => join(folder, name));
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0)
    throw new InvalidArgumentError("It must be a whole number from 0 up.");
  return number;
}
