import { z } from "zod";
import { LabError, messageOf } from "../core/errors.js";

const dataset = z.object({
  data: z.object({
    latestVersion: z.object({
      files: z.array(z.object({ dataFile: z.object({ id: z.number(), filename: z.string() }) })),
    }),
  }),
});

/**
 * The files of a Dataverse data set and where each is fetched from (Dataverse native and data access API).
 * Throws LabError when the server does not list them.
 */
export async function listDataverseFiles(
  server: string,
  persistentId: string,
): Promise<{ url: string; fileName: string }[]> {
  const base = server.replace(/\/$/, "");
  const url = `${base}/api/datasets/:persistentId/?persistentId=${encodeURIComponent(persistentId)}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(120_000) });
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    const { data } = dataset.parse(await response.json());
    return data.latestVersion.files.map(({ dataFile }) => ({
      fileName: dataFile.filename,
      url: `${base}/api/access/datafile/${dataFile.id}`,
    }));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new LabError(
      `${url} does not list the files of the corpus: ${reason}.`,
      "Check the network, or fetch the corpus by hand from its publisher and import the folder.",
    );
  }
}
