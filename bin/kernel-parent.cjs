// Preloaded into the notebook kernel: ends it when whoever started it is gone without a word (killed, out of memory).
// Jupyter names its own process in JPY_PARENT_PID and leaves the watching to the kernel; tslab does not watch.
const { isMainThread } = require("node:worker_threads");

const parent = Number(process.env.JPY_PARENT_PID);
if (isMainThread && parent > 1 && process.ppid === parent) {
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 2000).unref();
}
