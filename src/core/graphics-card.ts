import { spawnSync } from "node:child_process";

/** The first NVIDIA card and its driver. */
export interface GraphicsCard {
  readonly name: string;
  readonly driver: string;
}

/** What nvidia-smi tells of the first card; null where there is no card or no driver. */
export function graphicsCard(): GraphicsCard | null {
  const asked = spawnSync("nvidia-smi", ["--query-gpu=name,driver_version", "--format=csv,noheader"], {
    encoding: "utf8",
  });
  if (asked.status !== 0) return null;
  const [name, driver] = (asked.stdout.split("\n")[0] ?? "").split(",").map((field) => field.trim());
  return name && driver ? { name, driver } : null;
}
