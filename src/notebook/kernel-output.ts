/** What tslab's kernel gives to whoever shows something: one message to the frontend. */
type WriteDisplayData = (
  content: {
    data: Record<string, unknown>;
    metadata: Record<string, unknown>;
    transient: { display_id?: string };
  },
  update: boolean,
) => void;

/** An output as Jupyter's protocol has it: several MIME types of one thing, of which each viewer takes one. */
export interface DisplayBundle {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Names the output, so that a later bundle with `update` replaces it in place. */
  readonly displayId?: string;
  readonly update?: boolean;
}

/**
 * The running kernel's own module, found among the loaded ones: another copy of tslab would not be connected. Its
 * public API shows one MIME type a call only, hence the way through an internal.
 */
function kernelWriter(): WriteDisplayData | null {
  const path = Object.keys(require.cache).find((name) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name));
  if (path === undefined) return null;
  const kernel = require.cache[path]?.exports as
    | { lastWriteDisplayData?: WriteDisplayData | null }
    | undefined;
  return kernel?.lastWriteDisplayData ?? null;
}

/** Whether this code runs inside a notebook's kernel. */
export function isInNotebook(): boolean {
  return kernelWriter() !== null;
}

/** Shows a bundle below the cell that is running. Does nothing, and returns false, outside a notebook. */
export function writeBundle(bundle: DisplayBundle): boolean {
  const write = kernelWriter();
  if (write === null) return false;
  const transient = bundle.displayId === undefined ? {} : { display_id: bundle.displayId };
  write({ data: { ...bundle.data }, metadata: { ...bundle.metadata }, transient }, bundle.update ?? false);
  return true;
}
