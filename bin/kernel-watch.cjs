// Preloaded into the notebook kernel: a file that appears beside a running notebook no longer ends the next cell.
// TypeScript's watch sets two kinds of timer, one to rebuild the program and one to look again for modules that it missed;
// tslab 1.0.22 keeps one of the first kind and throws "Unexpected pending rebuildTimer" (or "clearing unexpected tiemr") at
// the second. Here what the second would do later is done at once, so that tslab never sees it.
const { dirname } = require("node:path");
const { isMainThread } = require("node:worker_threads");

/** TypeScript's name of what its second timer calls. */
const lookAgain = "invalidateResolutionsOfFailedLookup";

if (isMainThread) {
  const tslab = dirname(require.resolve("tslab/package.json"));
  const path = require.resolve("@tslab/typescript-for-tslab", { paths: [tslab] });
  const typescript = require(path);
  require.cache[path].exports = {
    ...typescript,
    createWatchCompilerHost(...given) {
      const host = typescript.createWatchCompilerHost(...given);
      const setTimeoutOfTslab = host.setTimeout;
      host.setTimeout = (callback, ...rest) =>
        callback.name === lookAgain ? void callback() : setTimeoutOfTslab(callback, ...rest);
      return host;
    },
  };
}
