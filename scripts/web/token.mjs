import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { storeFolder } from "../setup/places.mjs";

/**
 * The part of the page's address that nobody guesses, 192 bits: made once and kept in the store, readable for its owner
 * alone, so that the page stays installed and keeps its settings under one address.
 */
export function pageToken(file = join(storeFolder(), "setup", "web-token")) {
  try {
    const kept = readFileSync(file, "utf8").trim();
    if (/^[\w-]{32}$/.test(kept)) return kept;
  } catch {
    // there is none yet
  }
  const token = randomBytes(24).toString("base64url");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return token;
}
