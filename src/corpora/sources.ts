import { join } from "node:path";
import { z } from "zod";
import { LabError } from "../core/errors.js";
import { readJson } from "../core/files.js";
import { packageRoot } from "../core/settings.js";

const download = z.discriminatedUnion("kind", [
  /** One archive that holds the recordings, in any folders. */
  z.object({ kind: z.literal("zip"), url: z.url() }),
  /** Every file of the checksum list under one address. */
  z.object({ kind: z.literal("files"), url: z.url() }),
  /** A data set of a Dataverse installation: its API lists the files. */
  z.object({ kind: z.literal("dataverse"), url: z.url(), dataset: z.string() }),
]);

const source = z.object({
  title: z.string(),
  url: z.url(),
  doi: z.string(),
  licence: z.string(),
  files: z.number().int().positive(),
  checksums: z.string(),
  download,
  tables: z.array(z.url()),
});

/** How a publisher gives its recordings out. */
export type DownloadSource = { readonly kind: "zip" | "files" | "dataverse"; readonly url: string } & (
  | { readonly kind: "zip" }
  | { readonly kind: "files" }
  | { readonly kind: "dataverse"; readonly dataset: string }
);

/** Where a corpus comes from: an entry of data/sources.json. */
export interface CorpusSource {
  readonly title: string;
  readonly url: string;
  readonly doi: string;
  readonly licence: string;
  /** How many recordings the publisher has. */
  readonly files: number;
  /** The list of SHA-256 sums, relative to data/. */
  readonly checksums: string;
  readonly download: DownloadSource;
  /** Addresses of the corpus' tables. */
  readonly tables: readonly string[];
}

/** Where each published corpus comes from, by name. Throws LabError when data/sources.json is missing or damaged. */
export async function readSources(): Promise<Readonly<Record<string, CorpusSource>>> {
  const path = join(packageRoot, "data", "sources.json");
  const result = z.record(z.string(), source).safeParse(await readJson(path));
  if (result.success) return result.data;
  throw new LabError(
    `${path} cannot be used: ${z.prettifyError(result.error)}.`,
    "Restore it from version control.",
  );
}
