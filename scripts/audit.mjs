// npm run audit: whether a defect is known of any package that this project depends on, of npm (npm audit) or of Python
// (PyPI), but for those that scripts/dependencies/rules.yml has a reason for. Exit code 1 for a defect, 2 where a registry
// does not tell: then nothing is known.
import { NoAuditError, npmAdvisories, pypiAdvisories } from "./dependencies/advisories.mjs";
import { advisoryFaults, readRules } from "./dependencies/judge.mjs";
import { pythonPackages } from "./dependencies/packages.mjs";

const rules = readRules();
for (const [registry, ask] of Object.entries({
  npm: npmAdvisories,
  PyPI: () => pypiAdvisories(pythonPackages()),
})) {
  try {
    const advisories = await ask();
    const faults = advisoryFaults(advisories, rules, new Date());
    for (const fault of faults) console.error(fault);
    console.log(
      `${registry}: ${advisories.length} advisories, ${faults.length} without a reason to live with it.`,
    );
    if (faults.length > 0) process.exitCode ??= 1;
  } catch (error) {
    if (!(error instanceof NoAuditError)) throw error;
    console.error(`${registry}: not looked at. ${error.message}`);
    process.exitCode = 2;
  }
}
if (process.exitCode === 1)
  console.error("Take a version without it, or give a reason and a day in scripts/dependencies/rules.yml.");
