import { describe, expect, it } from "vitest";
import { NoAuditError, readNpmAudit, readPypiVersion } from "../../scripts/dependencies/advisories.mjs";
import { isAllowed } from "../../scripts/dependencies/expression.mjs";
import { advisoryFaults, licenceFaults, readRules } from "../../scripts/dependencies/judge.mjs";
import { npmPackages, pythonPackages } from "../../scripts/dependencies/packages.mjs";
import { pipRequirements, readEnvironmentFile } from "../../scripts/setup/environment-list.mjs";

const allowed = { MIT: "keep the notice", "Apache-2.0": "keep the notice" };
const noRules = { allowed, exceptions: {}, advisories: {} };
const packageOf = (licence: string, name = "one") => ({ name, version: "1.0.0", licence });

describe("the dependencies", () => {
  it("stand under licences that are allowed, or that an exception gives a reason for", () => {
    const packages = npmPackages();
    expect(packages.length).toBeGreaterThan(500);
    const rules = readRules();
    // What the pinned Python packages bring is judged by `npm run licences`: its versions are those of the day.
    const pinned = pipRequirements(readEnvironmentFile(), "cpu").map((line) => line.replace(/[[=].*/, ""));
    const python = pythonPackages().filter(({ name }) => pinned.includes(name.toLowerCase()));
    expect(python.length).toBeGreaterThan(10);
    const names = new Set([...packages, ...python].map(({ name }) => name));
    const exceptions = Object.fromEntries(
      Object.entries(rules.exceptions).filter(([name]) => names.has(name)),
    );
    expect(licenceFaults([...packages, ...python], { ...rules, exceptions })).toEqual([]);
  });

  it("are counted with those of every platform", () => {
    const names = npmPackages().map(({ name }) => name);
    expect(names).toContain("@resvg/resvg-js-win32-x64-msvc");
    expect(names).toContain("@e965/xlsx"); // by its own name, where it stands in for another
  });
});

describe("the judgement of licences", () => {
  it.each([
    ["MIT", true],
    ["GPL-3.0", false],
    ["(MIT OR GPL-3.0)", true],
    ["MIT AND GPL-3.0", false],
    ["GPL-2.0 OR MIT AND Apache-2.0", true],
    ["GPL-2.0 OR MIT AND GPL-3.0", false],
    ["", false],
  ])("%s is allowed: %s", (expression, answer) => {
    expect(isAllowed(expression, new Set(Object.keys(allowed)))).toBe(answer);
  });

  it("reads no expression that it does not understand", () => {
    expect(() => isAllowed("MIT AND (GPL-2.0 OR Apache-2.0)", new Set(["MIT"]))).toThrow(/nested/);
  });

  it("refuses an unknown licence, and one that changed under an exception", () => {
    expect(licenceFaults([packageOf("SSPL-1.0")], noRules)).toEqual([
      "one 1.0.0 stands under SSPL-1.0, which is not allowed.",
    ]);
    const exceptions = { one: { licence: "GPL-2.0", reason: "It is a test." } };
    expect(licenceFaults([packageOf("GPL-2.0")], { ...noRules, exceptions })).toEqual([]);
    expect(licenceFaults([packageOf("SSPL-1.0")], { ...noRules, exceptions })).toEqual([
      "one 1.0.0 stands under SSPL-1.0; its exception is for GPL-2.0.",
    ]);
  });

  it("refuses an exception without a reason, and one that nothing needs", () => {
    const exceptions = {
      one: { licence: "GPL-2.0", reason: "" },
      two: { licence: "GPL-2.0", reason: "It was used." },
    };
    expect(licenceFaults([packageOf("GPL-2.0")], { ...noRules, exceptions })).toEqual([
      "The exception for one has no reason.",
      "The exception for two is for a package that is not there.",
    ]);
  });

  it("knows families of packages that only some machines have", () => {
    const exceptions = { "nvidia-*": { licence: "any", reason: "It is a test.", where: "CUDA" } };
    const packages = [packageOf("Other/Proprietary License", "nvidia-cudnn-cu12")];
    expect(licenceFaults(packages, { ...noRules, exceptions })).toEqual([]);
    expect(licenceFaults([], { ...noRules, exceptions })).toEqual([]);
  });
});

describe("the judgement of known defects", () => {
  /** As npm 11 prints it, shortened: `b` is affected, `a` through it. */
  const told = JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: {
      a: { name: "a", via: ["b"] },
      b: {
        name: "b",
        via: [
          {
            source: 1,
            name: "b",
            title: "Reads any file",
            severity: "high",
            url: "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
          },
        ],
      },
    },
  });
  const found = [{ id: "GHSA-aaaa-bbbb-cccc", package: "b", title: "high, Reads any file" }];

  it("reads what npm and PyPI tell, and says where a registry tells nothing", () => {
    expect(readNpmAudit(told)).toEqual(found);
    expect(() => readNpmAudit('{ "message": "405 Method Not Allowed" }')).toThrow(NoAuditError);
    const vulnerabilities = [
      {
        id: "PYSEC-1",
        aliases: ["CVE-1", "GHSA-dddd-eeee-ffff"],
        details: "Too long.\nMore.",
        withdrawn: null,
      },
      { id: "PYSEC-2", withdrawn: "2026-01-01T00:00:00Z" },
    ];
    expect(readPypiVersion("c", { vulnerabilities })).toEqual([
      { id: "GHSA-dddd-eeee-ffff", package: "c", title: "Too long." },
    ]);
  });

  it("lets those pass that have a reason, until its day", () => {
    const today = new Date("2026-12-01");
    const advisories = (until: string) => ({
      "GHSA-aaaa-bbbb-cccc": { package: "b", reason: "It is a test.", until },
    });
    expect(advisoryFaults(found, noRules, today)).toEqual(["b: high, Reads any file (GHSA-aaaa-bbbb-cccc)."]);
    expect(advisoryFaults(found, { ...noRules, advisories: advisories("2026-12-31") }, today)).toEqual([]);
    expect(advisoryFaults(found, { ...noRules, advisories: advisories("2026-11-30") }, today)).toEqual([
      "b: high, Reads any file (GHSA-aaaa-bbbb-cccc); the exception ended on 2026-11-30.",
    ]);
  });
});
