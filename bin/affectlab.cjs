#!/usr/bin/env node
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const compiled = join(__dirname, "..", "dist", "cli", "main.js");
if (!existsSync(compiled)) {
  console.error("affectlab is not compiled yet. Run npm start (everything) or npm run build.");
  process.exit(2);
}
require("./node-compat.cjs");
require("../dist/cli/main.js")
  .runCommandLine(process.argv.slice(2))
  .then((code) => {
    process.exitCode = code;
  });
