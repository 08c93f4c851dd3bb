import type { CheckpointReader } from "@helium-lm/nn";

/** The files of one model, wherever they are. */
export interface ModelFiles {
  /** Folder, URL or name, for messages. */
  readonly location: string;
  /** Text of a file, or null when there is none of that name. */
  readText(name: string): Promise<string | null>;
  /** The weights, single or sharded; the caller closes the reader. @throws CheckpointError */
  openWeights(): Promise<CheckpointReader>;
}
