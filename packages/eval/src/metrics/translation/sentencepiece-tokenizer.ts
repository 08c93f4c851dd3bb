import type { BleuTokenizer } from "./bleu-tokenizers.ts";

/**
 * The tokenizer of a SentencePiece model, for spBLEU: tokens are its pieces, unknown characters and runs of them as they are. With the
 * model of FLORES-200 (`flores200_sacrebleu_tokenizer_spm.model`) it is sacrebleu's `flores200`, with that of FLORES-101
 * `flores101`; the models are the user's own, no package has them.
 *
 * @param model the bytes of the `.model` file
 * @param name for the signature; default "flores200"
 * @throws TokenizerFileError for what is no SentencePiece model of pieces or pairs
 *
 * @example
 * const flores200 = await sentencePieceTokenizer(modelBytes);
 * console.log(corpusBleu(["Hello world"], [["Hello world"]], { tokenize: flores200 }).signature.includes("tok:flores200")); // true
 */
export async function sentencePieceTokenizer(model: Uint8Array, name = "flores200"): Promise<BleuTokenizer> {
  // Most users of metrics need no tokenizers.
  const { AutoTokenizer } = await import("@helium-lm/helium/tokenizer");
  const location = `the SentencePiece model of ${name}`;
  const readBytes = (file: string): Promise<Uint8Array | null> =>
    Promise.resolve(file === "tokenizer.model" ? model : null);
  const tokenizer = await AutoTokenizer.fromPretrained({ location, readBytes });
  // What looks like a special token is text as any other.
  const options = { addSpecialTokens: false, splitSpecialTokens: true };
  return { name, tokenize: (line) => tokenizer.tokenize(line, options).join(" ") };
}
