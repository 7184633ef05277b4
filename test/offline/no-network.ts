import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/core/settings.js";

/** An environment in which nothing beyond this machine can be reached, by Node or by Python. */
export interface NoNetwork {
  readonly env: Record<string, string>;
  /** What was asked for all the same, a line each. */
  asked(): string[];
}

export function refuseNetwork(folder: string): NoNetwork {
  const file = join(folder, "asked.txt");
  const here = join(packageRoot, "test", "offline");
  return {
    env: {
      AFFECTLAB_ASKED: file,
      NODE_OPTIONS:
        `${process.env.NODE_OPTIONS ?? ""} --require ${JSON.stringify(join(here, "refuse-network.cjs"))}`.trim(),
      PYTHONPATH: here,
    },
    asked: () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []),
  };
}
