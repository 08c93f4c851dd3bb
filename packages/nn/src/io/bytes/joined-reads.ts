import type { RangeReader } from "./byte-source.ts";

/** One of several stretches that lie one after the other in a file. */
export interface Stretch {
  readonly length: number;
  /** Where its bytes may be put, from the start on. */
  readonly into?: Uint8Array | undefined;
}

/** The bytes of each stretch, the first of which begins at `offset`. */
export type ReadRun = (offset: number, stretches: readonly Stretch[]) => Promise<readonly Uint8Array[]>;

/** Bytes between two reads that are read too, rather than asking twice: tensors are aligned. */
const GAP = 4096;

/** Most bytes of a run of several reads. */
const MOST = 2 ** 22;

interface Read extends Stretch {
  readonly offset: number;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A range reader that makes neighbours among the reads of one moment one: a call of the system, or a request to a server,
 * costs more than a small tensor. When a run fails each read is tried by itself, so that it fails or not by its own bytes.
 *
 * @param atOnce most runs under way; the others wait
 */
export function joinedReads(readRun: ReadRun, atOnce = Infinity): RangeReader["readRange"] {
  let asked: Read[] = [];
  const waiting: (readonly Read[])[] = [];
  let underWay = 0;
  const send = async (run: readonly Read[]): Promise<void> => {
    const [first, ...others] = run;
    if (!first) return;
    try {
      const stretches = withGaps(first, others);
      const bytes = await readRun(first.offset, stretches);
      stretches.forEach((stretch, n) => (stretch as Partial<Read>).resolve?.(bytes[n] as Uint8Array));
    } catch (error) {
      if (others.length === 0) first.reject(error);
      else waiting.push(...run.map((read) => [read]));
    }
  };
  const sendNext = (): void => {
    while (underWay < atOnce) {
      const run = waiting.shift();
      if (!run) return;
      underWay++;
      void send(run).then(() => {
        underWay--;
        sendNext();
      });
    }
  };
  const sendAll = (): void => {
    waiting.push(...runsOf(asked.sort((a, b) => a.offset - b.offset)));
    asked = [];
    sendNext();
  };
  return (offset, length, into) =>
    new Promise((resolve, reject) => {
      if (asked.push({ offset, length, into, resolve, reject }) === 1) queueMicrotask(sendAll);
    });
}

/** Reads in the order of their places, cut where the next one is not near, or the run is long enough. */
function runsOf(reads: readonly Read[]): readonly (readonly Read[])[] {
  const runs: Read[][] = [];
  let end = -1;
  for (const read of reads) {
    const run = runs.at(-1);
    const isNear = read.offset >= end && read.offset - end <= GAP;
    if (run && isNear && read.offset + read.length - (run[0]?.offset ?? 0) <= MOST) run.push(read);
    else runs.push([read]);
    end = read.offset + read.length;
  }
  return runs;
}

function withGaps(first: Read, others: readonly Read[]): readonly Stretch[] {
  const stretches: Stretch[] = [first];
  let end = first.offset + first.length;
  for (const read of others) {
    if (read.offset > end) stretches.push({ length: read.offset - end });
    stretches.push(read);
    end = read.offset + read.length;
  }
  return stretches;
}
