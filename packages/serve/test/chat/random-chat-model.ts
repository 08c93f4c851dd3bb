import { readFile } from "node:fs/promises";
import { createInferenceEngine, DecoderConfig, type ModelSource } from "@helium-lm/helium";
import { randomCheckpoint } from "@helium-lm/helium/testing";
import { root } from "../../../../testing/repository.ts";
import { readModelCard, ServedModel } from "../../src/models/served-model.ts";

/** Pieces of `helium-nano`'s vocabulary that the small one has: special tokens, bytes and the commonest words. */
const PIECES = 700;

interface TokenizerFile {
  readonly added_tokens: readonly unknown[];
  readonly model: { readonly vocab: readonly (readonly [piece: string, score: number])[] };
}

/** A tokenizer of few tokens, with special ones of these names. */
async function smallTokenizer(special: readonly string[]): Promise<{ readonly file: unknown; readonly size: number }> {
  const whole = JSON.parse(await readFile(`${root}models/helium-nano/tokenizer.json`, "utf8")) as TokenizerFile;
  const vocab = [...whole.model.vocab.slice(0, PIECES), ...special.map((name) => [name, 0] as const)];
  const added = special.map((content, index) => ({
    id: PIECES + index,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  const file = { ...whole, added_tokens: [...whole.added_tokens, ...added], model: { ...whole.model, vocab } };
  return { file, size: vocab.length };
}

/**
 * A model with random weights of the shape of a fixture, in this thread: what it writes is noise, so that all depends on the
 * grammar. The caller disposes it.
 *
 * @param shape a folder of `fixtures/models`
 */
export async function randomChatModel(
  shape: string,
  { template, special }: { readonly template: string | null; readonly special: readonly string[] },
): Promise<ServedModel> {
  const config = JSON.parse(await readFile(`${root}fixtures/models/${shape}/causal/config.json`, "utf8")) as object;
  const { file, size } = await smallTokenizer(special);
  const checkpoint = randomCheckpoint(
    DecoderConfig.fromJSON({ ...config, vocab_size: size, max_position_embeddings: 4096, eos_token_id: 2 }),
    "causal-lm",
  );
  const files: Readonly<Record<string, unknown>> = {
    "tokenizer.json": file,
    "tokenizer_config.json": { bos_token: "<s>", eos_token: "</s>", unk_token: "<unk>", pad_token: "<pad>" },
  };
  const source: ModelSource = {
    ...checkpoint,
    readBytes: async (name) =>
      name in files ? new TextEncoder().encode(JSON.stringify(files[name])) : checkpoint.readBytes(name),
  };
  const engine = await createInferenceEngine(source, { backend: "cpu", engine: { maxTokens: 65_536 } });
  return new ServedModel(shape, await readModelCard(source), engine, { chatTemplate: template });
}
