import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../setup/places.mjs";
import { isAllowed } from "./expression.mjs";

/**
 * @typedef {object} Rules what scripts/dependencies/rules.yml holds
 * @property {Record<string, string>} allowed licences, and why each is
 * @property {Record<string, Exception>} exceptions packages under another licence, by name; `nvidia-*` is all of those
 * @property {Record<string, { package: string, reason: string, until: string }>} advisories known defects that are
 *   lived with, by identifier, until a day
 */

/**
 * @typedef {object} Exception
 * @property {string} licence as the package names it; `any` where that differs between its versions
 * @property {string} reason
 * @property {string} [where] on which machines the package is, where it is not on all
 */

/** @returns {Rules} */
export function readRules() {
  const { allowed, exceptions, advisories } = parse(
    readFileSync(join(root, "scripts", "dependencies", "rules.yml"), "utf8"),
  );
  return { allowed: allowed ?? {}, exceptions: exceptions ?? {}, advisories: advisories ?? {} };
}

/**
 * What is wrong with the licences of packages: one under no allowed licence and without an exception, one whose licence
 * is no longer that of its exception, an exception without a reason or for a package that is not there.
 * @param {readonly import("./packages.mjs").Package[]} packages
 * @param {Rules} rules
 * @returns {string[]} a sentence each
 */
export function licenceFaults(packages, { allowed, exceptions }) {
  const names = new Set(Object.keys(allowed));
  const unused = new Set(Object.keys(exceptions).filter((name) => exceptions[name]?.where === undefined));
  const faults = [];
  for (const { name, version, licence } of packages) {
    const exception = exceptions[name] ?? exceptions[name.replace(/-.*/, "-*")];
    if (exception === undefined) {
      if (!isAllowed(licence, names))
        faults.push(`${name} ${version} stands under ${licence || "no licence"}, which is not allowed.`);
      continue;
    }
    unused.delete(name);
    if (exception.licence !== licence && exception.licence !== "any")
      faults.push(
        `${name} ${version} stands under ${licence || "no licence"}; its exception is for ${exception.licence}.`,
      );
  }
  for (const [name, { reason }] of Object.entries(exceptions))
    if (!/\S+\s+\S+/.test(reason ?? "")) faults.push(`The exception for ${name} has no reason.`);
  for (const name of unused) faults.push(`The exception for ${name} is for a package that is not there.`);
  return faults;
}

/**
 * What is wrong with known defects: one that no exception is for, or whose exception is over.
 * @param {readonly { id: string, package: string, title: string }[]} advisories
 * @param {Rules} rules
 * @param {Date} today
 * @returns {string[]} a sentence each
 */
export function advisoryFaults(advisories, rules, today) {
  return advisories.flatMap(({ id, package: name, title }) => {
    const exception = rules.advisories[id];
    if (exception === undefined || exception.package !== name) return [`${name}: ${title} (${id}).`];
    const isOver = !(new Date(exception.until).getTime() >= today.getTime());
    return isOver ? [`${name}: ${title} (${id}); the exception ended on ${exception.until}.`] : [];
  });
}
