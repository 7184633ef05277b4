// npm run licences: whether every package that this project depends on, of npm and of Python, stands under a licence that
// scripts/dependencies/rules.yml allows or gives a reason for. Asks no network.
import { licenceFaults, readRules } from "./dependencies/judge.mjs";
import { npmPackages, pythonPackages } from "./dependencies/packages.mjs";

const packages = [...npmPackages(), ...pythonPackages()];
const rules = readRules();
const faults = licenceFaults(packages, rules);
for (const fault of faults) console.error(fault);
console.log(
  `${packages.length} packages, ${Object.keys(rules.exceptions).length} exceptions, ${faults.length} faults.`,
);
if (faults.length > 0) {
  console.error("Leave the package out, or give a reason in scripts/dependencies/rules.yml.");
  process.exitCode = 1;
}
