import { GgufError } from "@helium-lm/nn";

/** A tokenizer that `tokenizer.ggml.*` has no words for: llama.cpp cannot have it, this project can. */
export class UnwritableTokenizerError extends GgufError {}
