/**
 * Whether one may use what stands under a licence, given what is allowed: an SPDX expression of names joined by OR and
 * AND, of which AND binds closer (SPDX 2.3, annex D). Throws an Error for an expression with parentheses inside.
 * @param {string} expression such as "(MIT OR GPL-2.0-only)"
 * @param {ReadonlySet<string>} allowed
 */
export function isAllowed(expression, allowed) {
  const plain = expression.trim().replace(/^\((.*)\)$/, "$1");
  if (/[()]/.test(plain)) throw new Error(`The licence expression ${expression} is nested.`);
  return plain.split(/\s+OR\s+/).some((side) => side.split(/\s+AND\s+/).every((name) => allowed.has(name)));
}
