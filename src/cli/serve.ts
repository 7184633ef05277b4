import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { LabError, messageOf } from "../core/errors.js";
import { defaultModel } from "../inference/default-model.js";
import { fromOne, openWorkplace, wholeNumber } from "./global-options.js";
import { responsibleUse } from "./responsible-use.js";

interface ServeFlags {
  readonly model: string;
  readonly protocol?: string;
  readonly host: string;
  readonly port: number;
  readonly token: boolean;
  readonly tokenFile?: string;
  readonly workers: number;
  readonly waiting: number;
  readonly streams: number;
  readonly maxMegabytes: number;
  readonly maxSeconds: number;
  readonly timeLimit: number;
}

/** Shorter tokens can be tried one by one. */
const shortestToken = 16;

/** `affectlab serve`: the HTTP and WebSocket service. */
export function addServeCommand(program: Command): void {
  program
    .command("serve")
    .description("Answer programs over HTTP and WebSocket, on this machine unless told otherwise.")
    .option("-m, --model <name>", "a published model, or a folder that holds a card.json", defaultModel)
    .option("-p, --protocol <name>", "the protocol its weights come from (default: speaker-independent)")
    .option("--host <address>", "where to listen; 0.0.0.0 for every address of this machine", "127.0.0.1")
    .option("--port <number>", "0 takes a free one", wholeNumber, 8765)
    .option("--token-file <file>", "the token that requests must carry (AFFECTLAB_TOKEN; a new one, printed)")
    .option("--no-token", "let every program on this machine ask; refused beyond loopback")
    .option("--workers <number>", "processes that compute at the same time", fromOne, 1)
    .option("--waiting <number>", "recordings that may wait for one; more get 429", wholeNumber, 64)
    .option("--streams <number>", "streams that may be open at once", wholeNumber, 8)
    .option("--max-megabytes <number>", "of one recording (MiB)", fromOne, 32)
    .option("--max-seconds <number>", "of one recording", fromOne, 600)
    .option(
      "--time-limit <seconds>",
      "for a body to arrive, and for an answer (half a second more for each entry of a timeline)",
      fromOne,
      30,
    )
    .addHelpText(
      "after",
      `
POST /v1/predictions takes a recording, the WebSocket /v1/stream raw samples; /health, /metrics and /openapi.json tell
the rest (docs/service.md). SIGTERM and Ctrl-C answer what was accepted, refuse what is new, and end with exit code 0.

${responsibleUse}

Examples:
  affectlab serve
  affectlab serve --model resnet --port 0
  AFFECTLAB_TOKEN=$(cat token.txt) affectlab serve --host 0.0.0.0
  curl -H "Authorization: Bearer $TOKEN" --data-binary @recording.wav http://127.0.0.1:8765/v1/predictions`,
    )
    .action(async (flags: ServeFlags, command: Command) => {
      const { settings, log } = await openWorkplace(command);
      const { newToken } = await import("../service/access.js");
      const { defaultLimits, startService } = await import("../service/server.js");
      const given = flags.token ? await givenToken(flags.tokenFile) : null;
      const token = flags.token ? (given ?? newToken()) : null;
      const service = await startService({
        ...{ model: flags.model, root: settings.root, host: flags.host, port: flags.port, token },
        ...(flags.protocol !== undefined && { protocol: flags.protocol }),
        limits: {
          ...{ ...defaultLimits, workers: flags.workers, mostWaiting: flags.waiting },
          ...{ mostStreams: flags.streams, bodyBytes: flags.maxMegabytes * 2 ** 20 },
          ...{ maxSeconds: flags.maxSeconds, limitMs: flags.timeLimit * 1000 },
        },
        version: command.parent!.version() ?? "0.0.0",
      });
      console.log(`${flags.model} answers at ${service.url}`);
      if (token !== null && given === null) console.log(`Token: ${token}`);
      log.info({ url: service.url, model: flags.model }, "serving");
      const signal = await firstSignal();
      process.stderr.write("Stopping when what was accepted is answered; Ctrl-C again ends at once.\n");
      await service.stop();
      log.info({ signal }, "stopped");
    });
}

/** The token from the file or the environment; null where neither is given. */
async function givenToken(file: string | undefined): Promise<string | null> {
  const [from, text] =
    file === undefined ? ["AFFECTLAB_TOKEN", process.env.AFFECTLAB_TOKEN] : [file, await readToken(file)];
  if (text === undefined || (file === undefined && text === "")) return null;
  const token = text.trim();
  if (token.length < shortestToken || /\s/.test(token)) {
    throw new LabError(
      `The token in ${from} is too short or holds spaces.`,
      `Use ${shortestToken} characters or more, such as: openssl rand -hex 24`,
    );
  }
  return token;
}

async function readToken(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((error: unknown) => {
    throw new LabError(`${file} cannot be read: ${messageOf(error)}.`, "Name a file that holds the token.");
  });
}

/** Resolves at the first SIGINT or SIGTERM; a SIGINT after that ends the process. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let isFirst = true;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (!isFirst && signal === "SIGINT") process.exit(130);
        isFirst = false;
        resolve(signal);
      });
    }
  });
}
