import type { CheckpointReader } from "@helium-lm/nn";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";

/** The files of one model, wherever they are. */
export interface ModelFiles {
  /** Folder, URL or name, for messages. */
  readonly location: string;
  /** Text of a file, or null when there is none of that name. */
  readText(name: string): Promise<string | null>;
  /** Bytes of a small file, for those that are no text: `tokenizer.model`. */
  readBytes?(name: string): Promise<Uint8Array | null>;
  /** The tokenizer of a source that holds it in a form of its own; null where there is none. */
  readTokenizer?(): Promise<Tokenizer | null>;
  /** The weights, single or sharded; the caller closes the reader. @throws CheckpointError */
  openWeights(): Promise<CheckpointReader>;
}
