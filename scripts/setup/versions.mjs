/**
 * The numbers of a version such as "v20.19.1" or "Python 3.11.7"; an empty list when there is none.
 * @param {string} text
 * @returns {number[]}
 */
export function versionNumbers(text) {
  const found = /\d+(\.\d+)*/.exec(text);
  return found ? found[0].split(".").map(Number) : [];
}

/**
 * Whether version `text` is `least` or later, number by number.
 * @param {string} text
 * @param {string} least
 */
export function isAtLeast(text, least) {
  const have = versionNumbers(text);
  const want = versionNumbers(least);
  if (have.length === 0) return false;
  for (let i = 0; i < want.length; i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * Whether this Node can run affectlab: CommonJS must be able to require ES modules without a flag, which came
 * with 20.19 and 22.12.
 * @param {string} version such as process.version
 */
export function isNodeFit(version) {
  const major = versionNumbers(version)[0] ?? 0;
  if (major === 20) return isAtLeast(version, "20.19");
  if (major === 22) return isAtLeast(version, "22.12");
  return major >= 23;
}

/** The last major version of Node that was tried. */
export const newestTriedNode = 26;

/**
 * Whether this Python can hold the environment: TensorFlow's wheels and every pin of environment.yml exist for it.
 * @param {string} version such as "Python 3.11.7"
 */
export function isPythonFit(version) {
  return isAtLeast(version, "3.10") && !isAtLeast(version, "3.14");
}
