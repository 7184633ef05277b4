// Preloaded into the notebook kernel: ends it when whoever started it is gone without a word (killed, out of memory).
// Jupyter names its own process in JPY_PARENT_PID and leaves the watching to the kernel; tslab does not watch.
const { isMainThread } = require("node:worker_threads");

const starter = Number(process.env.JPY_PARENT_PID);
const firstParent = process.ppid;

/** Whether the starter has ended. It may have before this line ran: then only asking for its number tells. */
function isGone() {
  if (process.ppid !== firstParent) return true;
  try {
    process.kill(starter, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

if (isMainThread && starter > 1) {
  setInterval(() => {
    if (isGone()) process.exit(1);
  }, 2000).unref();
}
