// A process that stands in for prediction-worker.ts: it answers at once, or does what the recording's name says.
const facts = { name: "any", protocol: "combined", labels: ["calm", "angry"], windowSamples: 32_000 };
process.on("message", (/** @type {any} */ message) => {
  if (message.kind === "start") process.send?.({ kind: "ready", facts });
  else {
    const [, waitMs = "0"] = /wait (\d+)/.exec(message.name ?? "") ?? [];
    const [, windows] = /(\d+) windows/.exec(message.name ?? "") ?? [];
    if (windows !== undefined) process.send?.({ kind: "decoded", windows: Number(windows) });
    setTimeout(() => process.send?.({ kind: "answer", answer: { process: process.pid } }), Number(waitMs));
  }
});
process.on("disconnect", () => process.exit(0));
