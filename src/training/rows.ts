import type { ModelOptions } from "../models/registry.js";
import type { ProtocolName } from "../protocols/split.js";

/** What a row is made by: training a network, fitting a yardstick, or combining the predictions of other rows. */
export type RowKind = "network" | "baseline" | "ensemble";

/** A row of the comparison: what is trained, on which protocols, and which notebook tells of it. */
export interface Row {
  /** Its folder in results/. */
  readonly name: string;
  readonly kind: RowKind;
  /** One line for tables. */
  readonly title: string;
  /** The architecture (or the baseline) and what the row changes of its recipe's options. */
  readonly model: string;
  readonly options?: ModelOptions;
  /** The notebook that tells of it. */
  readonly notebook: string;
  /** The protocols that it is judged on. */
  readonly protocols: readonly ProtocolName[];
  /** Seeds beside 0 on a protocol, to see how much a start decides. */
  readonly moreSeeds?: Partial<Record<ProtocolName, readonly number[]>>;
  /** Whether the ensemble may choose it. */
  readonly mayJoinEnsemble: boolean;
}

const both = ["speaker-independent", "combined"] as const;
const twoMoreSeeds = { "speaker-independent": [1, 2] } as const;

function network(name: string, notebook: string, title: string, more: Partial<Row> = {}): Row {
  return {
    name,
    kind: "network",
    title,
    model: name,
    notebook,
    protocols: both,
    mayJoinEnsemble: true,
    ...more,
  };
}

function baseline(name: string, title: string, more: Partial<Row> = {}): Row {
  return { ...network(name, "12-comparison", title, more), kind: "baseline" };
}

/** Every row, the most important first: the order in which `affectlab train all` spends its time. */
export const rows: readonly Row[] = [
  network("whisper", "07-whisper", "Whisper base, upper blocks tuned", {
    protocols: [...both, "evar", "emobox-ravdess"],
    moreSeeds: twoMoreSeeds,
  }),
  network("general", "07-whisper", "Whisper base for recordings from elsewhere", {
    protocols: ["speaker-independent", "leave-one-corpus-out"],
  }),
  network("resnet", "03-resnet", "Residual network", {
    protocols: [...both, "emobox-ravdess"],
    moreSeeds: twoMoreSeeds,
  }),
  // Taught by whisper-tiny.en, which votes already.
  network("resnet-distilled", "03-resnet", "Residual network taught by whisper-tiny.en", {
    mayJoinEnsemble: false,
  }),
  // For recordings from everywhere, and taught by `general`, which votes already.
  network("page", "03-resnet", "Residual network for the web page, taught by general", {
    protocols: ["speaker-independent"],
    mayJoinEnsemble: false,
  }),
  network("lstm", "09-lstm", "Bidirectional LSTM"),
  network("transformer", "08-transformer", "Transformer"),
  network("simple-cnn", "04-simple-cnn", "Convolutions and max pooling"),
  network("simple-cnn-audio", "05-simple-cnn-audio", "Convolutions on the waveform"),
  network("densenet", "10-densenet", "Densely connected network"),
  network("resnet-wide", "03-resnet", "Residual network, wide"),
  network("wav2vec2", "06-wav2vec2", "wav2vec 2.0 from a random start"),
  network("densenet-optimised", "10-densenet", "Densely connected network, optimised for time"),
  network("whisper-tiny.en", "07-whisper", "Whisper tiny.en, upper blocks tuned", {
    protocols: [...both, "evar", "emobox-ravdess"],
    // Minutes a run: its seeds vote in the ensemble on both.
    moreSeeds: { ...twoMoreSeeds, combined: [1, 2] },
  }),
  {
    ...network("ensemble", "11-ensemble", "Ensemble of other rows", { mayJoinEnsemble: false }),
    kind: "ensemble",
    protocols: [...both, "evar", "emobox-ravdess"],
  },
  baseline("baseline-whisper", "Frozen Whisper base, logistic regression", {
    protocols: [...both, "evar", "emobox-ravdess"],
  }),
  baseline("baseline-descriptors", "Spectral descriptors, logistic regression"),
  baseline("baseline-majority", "The commonest emotion", { mayJoinEnsemble: false }),
];

/** The row of that name, or undefined. */
export function rowNamed(name: string): Row | undefined {
  return rows.find((row) => row.name === name);
}

/** The command that makes a row's result on a protocol: what a table says where nothing is published. */
export function commandFor(row: Row, protocol: ProtocolName): string {
  if (row.kind === "ensemble") return `affectlab ensemble --protocol ${protocol}`;
  const changes = Object.entries(row.options ?? {}).map(
    ([key, value]) => ` --set options.${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return `affectlab train ${row.model} --protocol ${protocol} --profile full${changes.join("")}`;
}
