import type { PipelineParts } from "./pipeline.ts";

/** The content of a tokenizer's files, as JSON text or parsed. */
export interface TokenizerSource {
  readonly tokenizerJson: unknown;
  readonly tokenizerConfig?: unknown;
  readonly specialTokensMap?: unknown;
  /** The content of chat_template.jinja, which wins over tokenizer_config.json. */
  readonly chatTemplate?: string | undefined;
  /** What errors call the files. */
  readonly names?: TokenizerFileNames;
  /** Parts that take the place of tokenizer.json's. */
  readonly parts?: Partial<PipelineParts>;
}

/** The names that errors give to the three files. */
export interface TokenizerFileNames {
  readonly tokenizer: string;
  readonly config: string;
  readonly specialTokensMap: string;
}
