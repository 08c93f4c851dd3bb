import { HeliumLmError } from "@helium-lm/tensor";

/** A model file that a contest is about. */
export interface ModelFile {
  readonly path: string;
  /** Rows of its vocabulary. */
  readonly vocab: number;
  /** A text that is one more token each time it is repeated, for peers that take only text. */
  readonly word: string;
  /** Longest sequence that is asked for. */
  readonly context: number;
  readonly threads: number;
}

/** Something that runs a model file, ours or a peer, in a process or page of its own. */
export interface Player {
  /** Seconds of one pass over a prompt of that many tokens, from an empty cache to the last token's logits. */
  prefill(tokens: number): Promise<number>;
  /** Seconds of that many greedy steps, one token at a time, after `context` tokens that are read untimed. */
  decode(context: number, steps: number): Promise<number>;
  /** Most memory that was resident so far. */
  peakBytes(): number;
  /** Processor time of all its threads so far, where that can be told. */
  processorSeconds?(): number;
  close(): Promise<void>;
}

export interface Contender {
  readonly name: string;
  /** What runs, with its version. */
  readonly version: () => string;
  /** Fewer turns than the others have. */
  readonly rounds?: number;
  /** @throws PeerMissing when it is not installed or does not run here */
  readonly start: (model: ModelFile) => Promise<Player>;
}

/** A peer that cannot take part: said in the report, never a failure of the run. */
export class PeerMissing extends HeliumLmError {}

/** Token `index` of the prompt that everyone reads: ids that stay away from the special ones at both ends. */
export function promptToken(index: number, vocab: number): number {
  return 300 + ((index * 37) % (vocab - 400));
}
