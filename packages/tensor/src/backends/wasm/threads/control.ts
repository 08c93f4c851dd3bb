/**
 * The control words of a thread pool, in a small shared buffer; each on a cache line of its own.
 *
 * A command is cut into chunks of units. `ticket` holds its number and how many chunks nobody has taken yet; a thread
 * takes one by lowering it with a compare-and-exchange, so a thread that comes late finds nothing to take, and a command
 * is over when its chunks are done, whoever did them. The command's words may change only then.
 */
export const control = {
  /** number · 1024 + chunks left */
  ticket: 0,
  /** Chunks done. */
  done: 16,
  kernel: 32,
  arena: 33,
  units: 34,
  /** Units per chunk. */
  step: 35,
  /** Address of the command's parameters. */
  params: 36,
  /** 1 when a kernel trapped. */
  failed: 48,
  /** Workers asleep on `ticket`. */
  asleep: 64,
  /** Memories there are: a worker that knows fewer returns to its event loop, for the message about the next. */
  arenas: 80,
  length: 96,
} as const;

export const CHUNKS_BITS = 10;
export const MAX_CHUNKS = 2 ** CHUNKS_BITS - 1;

/** The engine's hint to the processor that a loop only waits, where it has one (Node 24). */
export const { pause } = Atomics as { readonly pause?: () => void };

/** Looks at a word before a thread goes to sleep on it: about 50 µs. With the hint a look takes four to five times as long. */
export const SPINS = pause ? 4_500 : 20_000;

/** Address of the parameters of a command that is in no program; below it lie the constants of the binaries. */
export const PARAMS = 4096;

/** Address of the word that a kernel sets when an index leads outside its table. */
export const STATUS = 8192;
