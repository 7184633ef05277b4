import { spawnSync } from "node:child_process";
import { root } from "../setup/places.mjs";

/** @typedef {{ id: string, package: string, title: string }} Advisory a known defect of a package that is used here */

/** Where known defects cannot be asked for. */
export class NoAuditError extends Error {}

/**
 * Known defects of npm packages as `npm audit --json` prints them; a package that is only affected through another one
 * is told with that one.
 * @param {string} told
 * @returns {Advisory[]}
 */
export function readNpmAudit(told) {
  const report = JSON.parse(told);
  if (report.vulnerabilities === undefined)
    throw new NoAuditError(
      `The npm registry tells no advisories: ${report.message ?? report.error?.summary ?? told}`,
    );
  const found = new Map();
  for (const { via } of Object.values(report.vulnerabilities)) {
    for (const cause of via) {
      if (typeof cause === "string") continue;
      const id = /GHSA-[\w-]+/.exec(cause.url ?? "")?.[0] ?? String(cause.source);
      found.set(`${id} ${cause.name}`, {
        id,
        package: cause.name,
        title: `${cause.severity}, ${cause.title}`,
      });
    }
  }
  return [...found.values()];
}

/** Asks npm's registry about package-lock.json. Throws NoAuditError where it has no such answer. */
export function npmAdvisories() {
  const { stdout } = spawnSync("npm", ["audit", "--json"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (!stdout?.trim().startsWith("{")) throw new NoAuditError("npm audit gave no answer.");
  return readNpmAudit(stdout);
}

/**
 * Known defects in PyPI's JSON of one version.
 * @param {string} name
 * @param {{ vulnerabilities?: readonly { id: string, aliases?: readonly string[], summary?: string | null,
 *   details?: string, withdrawn?: string | null }[] }} told
 * @returns {Advisory[]}
 */
export function readPypiVersion(name, { vulnerabilities = [] }) {
  return vulnerabilities
    .filter(({ withdrawn }) => (withdrawn ?? null) === null)
    .map(({ id, aliases = [], summary, details }) => ({
      id: aliases.find((alias) => alias.startsWith("GHSA-")) ?? id,
      package: name,
      title: summary || (details ?? "").split("\n")[0] || "no title",
    }));
}

/**
 * Asks PyPI about every package, one by one. Throws NoAuditError where it does not answer.
 * @param {readonly import("./packages.mjs").Package[]} packages
 */
export async function pypiAdvisories(packages) {
  const found = [];
  for (const { name, version } of packages) {
    const url = `https://pypi.org/pypi/${encodeURIComponent(name)}/${encodeURIComponent(version)}/json`;
    const response = await fetch(url, { signal: AbortSignal.timeout(30_000) }).catch((error) => {
      throw new NoAuditError(`${url} could not be fetched: ${error.cause?.message ?? error.message}`);
    });
    if (!response.ok) throw new NoAuditError(`${url} answers ${response.status}.`);
    found.push(...readPypiVersion(name, await response.json()));
  }
  return found;
}
