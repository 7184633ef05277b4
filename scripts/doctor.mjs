// npm run doctor [-- --json]: what this machine has and what to do about what is missing. Changes nothing; the exit
// code is 0 when the laboratory can be used, else 1.
import { examine } from "./setup/doctor-findings.mjs";

const findings = examine();
const isUsable = findings.every((finding) => finding.state !== "bad");

if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ usable: isUsable, findings }, null, 2));
} else {
  const marks = { good: "✓", note: "·", bad: "✗" };
  for (const { name, state, found, remedy } of findings) {
    console.log(`  ${marks[state]} ${name.padEnd(14)} ${found}`);
    if (remedy) console.log(`    ${" ".repeat(14)} → ${remedy}`);
  }
  console.log(isUsable ? "\nThe laboratory can be used." : "\nNot ready yet: see the lines with ✗.");
}
process.exitCode = isUsable ? 0 : 1;
